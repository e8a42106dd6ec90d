using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Rounds;

/// <summary>
/// The rounds as their runner sees them: what is to be done, and what came of it. Every change is one transaction, so that a runner that is killed at any moment finds a round in a state that it can go on from.
/// For the background job, which acts for the admin who launched.
/// </summary>
public sealed class RoundLedger(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, SnapshotService snapshots, RoundModels models, RoundHeadToHeads headToHeads, TimeProvider time)
{
    /// <summary>The rounds that are not over, oldest first, each with its runs.</summary>
    public async Task<IReadOnlyList<OpenRound>> OpenAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rounds = await db.Rounds.AsNoTracking().Where(round => round.State == RoundState.Queued || round.State == RoundState.Preparing || round.State == RoundState.Running || round.State == RoundState.Paused)
            .OrderBy(round => round.Id).ToListAsync(cancellationToken);
        var ids = rounds.ConvertAll(round => round.Id);
        var runs = (await db.Runs.AsNoTracking().Where(run => ids.Contains(run.RoundId)).ToListAsync(cancellationToken)).ToLookup(run => run.RoundId);
        List<OpenRound> open = [];
        foreach (var round in rounds)
            open.Add(new(round, [.. runs[round.Id].OrderBy(run => run.Number)], round.State != RoundState.Queued || await IsDueAsync(db, round, cancellationToken)));
        return open;
    }

    /// <summary>Freezes a round's data, once, and makes its next run the one that is prepared.</summary>
    /// <returns>The run and what it is made of; null when all runs are done.</returns>
    /// <exception cref="InvalidRequestException">There is nothing to learn from.</exception>
    public async Task<PreparedRun?> PrepareAsync(Guid roundId, CancellationToken cancellationToken)
    {
        Round round;
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken)) round = await db.Rounds.AsNoTracking().SingleAsync(entry => entry.Id == roundId, cancellationToken);
        var snapshotId = round.SnapshotId;
        var isFrozen = snapshotId is not null;
        if (!isFrozen && round.Plan.Stages.Any(stage => StageData.Find(stage.Kind) is { IsPrompts: false }))
            snapshotId = await snapshots.FreezeAsync(new Actor(round.CreatedById), round.ProjectId, new SnapshotDraft { Name = $"Round {round.Number}", Rules = round.Plan.Data }, cancellationToken);
        return await writes.RunAsync(
            async db =>
            {
                var now = time.GetUtcNow().UtcDateTime;
                var changed = await db.Rounds.SingleAsync(entry => entry.Id == roundId, cancellationToken);
                var run = await db.Runs.Where(entry => entry.RoundId == roundId && entry.State != RunState.Completed).OrderBy(entry => entry.Number).FirstOrDefaultAsync(cancellationToken);
                if (!isFrozen) changed.SnapshotId = snapshotId;
                changed.StartedAt ??= now;
                changed.Reason = null;
                changed.State = run is null ? RoundState.Completed : RoundState.Preparing;
                if (run is null) changed.EndedAt = now;
                else run.State = RunState.Preparing;
                await db.SaveChangesAsync(cancellationToken);
                if (run is null) return null;
                var options = StageData.OptionsOf(changed.Plan.Stages[run.Number], (await ProjectRules.ReadAsync(db, changed.ProjectId)).Settings);
                return new PreparedRun(changed, run, options, await models.ResolveAsync(db, changed, run, cancellationToken));
            },
            cancellationToken);
    }

    /// <summary>A worker was started for a run.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="isAgain">Whether one had died before.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task StartedAsync(Guid runId, bool isAgain, CancellationToken cancellationToken) => ChangeAsync(
        runId,
        (round, run) =>
        {
            (round.State, round.Reason) = (RoundState.Running, null);
            if (run.State is RunState.Waiting) run.State = RunState.Preparing;
            run.StartedAt ??= time.GetUtcNow().UtcDateTime;
            if (isAgain) run.Restarts++;
        },
        cancellationToken);

    /// <summary>Stores events of a run, each once, together with how far its file was read.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="events">New events, in order; the first follows the last one that is stored.</param>
    /// <param name="offsetBytes">Where the next line begins.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="InvalidOperationException">The events do not follow those that are stored.</exception>
    public Task StoreAsync(Guid runId, IReadOnlyList<ReadEvent> events, long offsetBytes, CancellationToken cancellationToken) => writes.RunAsync(
        async db =>
        {
            var run = await db.Runs.SingleAsync(entry => entry.Id == runId, cancellationToken);
            foreach (var read in events)
            {
                if (read.Seq != run.Seq + 1) throw new InvalidOperationException($"Event {run.Seq} of run {runId} is followed by event {read.Seq}; expected {run.Seq + 1}.");
                db.Add(new RunEvent { RunId = runId, Seq = read.Seq, Time = read.Time, Kind = read.Kind, Content = read.Content });
                run.Seq = read.Seq;
                run.Steps = read.Steps ?? run.Steps;
                if (read.Step is not { } step || step <= run.Step) continue;
                // Restarts count in a row: a worker that gets further than any before has not died of what killed those.
                (run.Step, run.Restarts) = (step, 0);
            }
            run.OffsetBytes = offsetBytes;
            if (events.LastOrDefault(read => read.State is not null) is { State: { } state } last && run.State is not (RunState.Completed or RunState.Failed))
                Follow(run, state, last.Reason, await db.Rounds.SingleAsync(entry => entry.Id == run.RoundId, cancellationToken));
            await db.SaveChangesAsync(cancellationToken);
        },
        cancellationToken);

    /// <summary>Forgets the events of a run, to read its file again from the beginning: after a power cut it may hold less than what was read.</summary>
    public Task ForgetEventsAsync(Guid runId, CancellationToken cancellationToken) => writes.RunAsync(
        async db =>
        {
            await db.RunEvents.Where(entry => entry.RunId == runId).ExecuteDeleteAsync(cancellationToken);
            await db.Runs.Where(run => run.Id == runId).ExecuteUpdateAsync(set => set.SetProperty(run => run.Seq, 0).SetProperty(run => run.OffsetBytes, 0), cancellationToken);
        },
        cancellationToken);

    /// <summary>A run is done: its result becomes a version.</summary>
    /// <returns>The version; null for a run that left none.</returns>
    public Task<Guid?> CompleteAsync(Guid runId, RunResult? result, CancellationToken cancellationToken) => writes.RunAsync(
        async db =>
        {
            var now = time.GetUtcNow().UtcDateTime;
            var run = await db.Runs.SingleAsync(entry => entry.Id == runId, cancellationToken);
            var round = await db.Rounds.SingleAsync(entry => entry.Id == run.RoundId, cancellationToken);
            (run.State, run.EndedAt, run.Reason) = (RunState.Completed, now, null);
            if (result is not null && run.VersionId is null)
            {
                var made = await models.ResolveAsync(db, round, run, cancellationToken);
                db.Add(new ModelVersion
                {
                    Id = result.VersionId,
                    ProjectId = round.ProjectId,
                    Name = await FreeNameAsync(db, round, run, cancellationToken),
                    Role = RoundModels.Writes(run.Kind) ? VersionRole.Policy : run.Kind == "reward" ? VersionRole.Reward : VersionRole.Classifier,
                    Kind = run.Kind,
                    ParentId = made.Start.Version?.Id,
                    // An adapter needs the weights below it; whole weights need nothing, and the name only says where they come from.
                    BaseModel = result.Method is not null && made.Start.Version is { Method: null } whole ? whole.ServedName : made.Start.BaseModel,
                    Method = result.Method,
                    RunId = runId,
                    SnapshotId = StageData.Find(run.Kind) is { IsPrompts: true } ? null : round.SnapshotId,
                    Metrics = result.Metrics,
                    SizeBytes = result.SizeBytes,
                    CreatedAt = now,
                });
                run.VersionId = result.VersionId;
            }
            await db.SaveChangesAsync(cancellationToken);
            var isLast = !await db.Runs.AnyAsync(entry => entry.RoundId == round.Id && entry.Id != runId && entry.State != RunState.Completed, cancellationToken);
            (round.State, round.Reason) = (isLast ? RoundState.Completed : RoundState.Preparing, null);
            if (isLast)
            {
                round.EndedAt = now;
                await headToHeads.OldAgainstNewAsync(db, round, now, cancellationToken);
            }
            await db.SaveChangesAsync(cancellationToken);
            await AuditLog.RecordAsync(db, new Actor(round.CreatedById), isLast ? "round.complete" : "run.complete", round.ProjectId, $"{round.Number}", new { run.Kind, run.VersionId }, now, cancellationToken);
            return run.VersionId;
        },
        cancellationToken);

    /// <summary>A run ended without a result, and its round with it.</summary>
    public Task FailAsync(Guid runId, string reason, CancellationToken cancellationToken) => ChangeAsync(
        runId,
        (round, run) =>
        {
            (run.State, run.Reason, run.EndedAt) = (RunState.Failed, Shortened(reason), time.GetUtcNow().UtcDateTime);
            (round.State, round.Reason, round.EndedAt) = (RoundState.Failed, Shortened(reason), run.EndedAt);
        },
        cancellationToken);

    /// <summary>A round cannot even be prepared.</summary>
    public Task FailRoundAsync(Guid roundId, string reason, CancellationToken cancellationToken) => writes.RunAsync(
        async db =>
        {
            var round = await db.Rounds.SingleAsync(entry => entry.Id == roundId, cancellationToken);
            (round.State, round.Reason, round.EndedAt) = (RoundState.Failed, Shortened(reason), time.GetUtcNow().UtcDateTime);
            await db.SaveChangesAsync(cancellationToken);
        },
        cancellationToken);

    /// <summary>A round waits and says why, without being over.</summary>
    public Task NoteAsync(Guid roundId, string? reason, CancellationToken cancellationToken) => writes.RunAsync(
        db => db.Rounds.Where(round => round.Id == roundId).ExecuteUpdateAsync(set => set.SetProperty(round => round.Reason, Shortened(reason)), cancellationToken), cancellationToken);

    /// <summary>A round that its people stopped has ended.</summary>
    public Task CancelledAsync(Guid roundId, CancellationToken cancellationToken) => writes.RunAsync(
        async db =>
        {
            var now = time.GetUtcNow().UtcDateTime;
            var round = await db.Rounds.SingleAsync(entry => entry.Id == roundId, cancellationToken);
            (round.State, round.EndedAt, round.Reason) = (RoundState.Cancelled, now, null);
            foreach (var run in await db.Runs.Where(entry => entry.RoundId == roundId && entry.State != RunState.Completed && entry.State != RunState.Waiting).ToListAsync(cancellationToken)) (run.State, run.EndedAt) = (RunState.Stopped, now);
            await db.SaveChangesAsync(cancellationToken);
        },
        cancellationToken);

    /// <summary>A round that waits is paused, as its people want.</summary>
    public Task PausedAsync(Guid roundId, CancellationToken cancellationToken) => writes.RunAsync(
        db => db.Rounds.Where(round => round.Id == roundId).ExecuteUpdateAsync(set => set.SetProperty(round => round.State, RoundState.Paused), cancellationToken), cancellationToken);

    /// <summary>Whether somebody asked for a checkpoint since the last call.</summary>
    public async Task<bool> TakeCheckpointRequestAsync(Guid runId, CancellationToken cancellationToken)
    {
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
            if (!await db.Runs.AnyAsync(run => run.Id == runId && run.WantsCheckpoint, cancellationToken)) return false;
        return await writes.RunAsync(
            async db => await db.Runs.Where(run => run.Id == runId && run.WantsCheckpoint).ExecuteUpdateAsync(set => set.SetProperty(run => run.WantsCheckpoint, false), cancellationToken) > 0, cancellationToken);
    }

    internal static Task<int> CountedAsync(RlhfHubDbContext db, Guid projectId, CancellationToken cancellationToken) =>
        db.Judgments.CountAsync(judgment => judgment.ProjectId == projectId && judgment.Standing == JudgmentStanding.Counted, cancellationToken);

    private static void Follow(Run run, RunState state, string? reason, Round round)
    {
        // Completed and failed are said by the runner, when what follows from them is done.
        if (state is RunState.Completed or RunState.Failed or RunState.Stopped) return;
        (run.State, run.Reason) = (state, Shortened(reason));
        if (state == RunState.Paused) (round.State, round.Reason, round.IsInTrouble) = (RoundState.Paused, Shortened(reason), reason is not null);
        else if (state is RunState.Running or RunState.Preparing) round.State = RoundState.Running;
    }

    private static string? Shortened(string? reason) => reason is { Length: > Run.MaxReason } ? reason[..Run.MaxReason] : reason;

    private static async Task<string> FreeNameAsync(RlhfHubDbContext db, Round round, Run run, CancellationToken cancellationToken)
    {
        var name = $"round {round.Number} {run.Kind}";
        var taken = await db.ModelVersions.Where(version => version.ProjectId == round.ProjectId && version.Name.StartsWith(name)).Select(version => version.Name).ToListAsync(cancellationToken);
        for (var number = 1; ; number++)
        {
            var candidate = number == 1 ? name : $"{name} {number}";
            if (!taken.Contains(candidate)) return candidate;
        }
    }

    private async Task<bool> IsDueAsync(RlhfHubDbContext db, Round round, CancellationToken cancellationToken) =>
        (round.StartsAt is null || round.StartsAt <= time.GetUtcNow().UtcDateTime) && (round.StartsAtJudgments is null || await CountedAsync(db, round.ProjectId, cancellationToken) >= round.StartsAtJudgments);

    private Task ChangeAsync(Guid runId, Action<Round, Run> change, CancellationToken cancellationToken) => writes.RunAsync(
        async db =>
        {
            var run = await db.Runs.SingleAsync(entry => entry.Id == runId, cancellationToken);
            change(await db.Rounds.SingleAsync(entry => entry.Id == run.RoundId, cancellationToken), run);
            await db.SaveChangesAsync(cancellationToken);
        },
        cancellationToken);
}

/// <summary>A round that is not over.</summary>
/// <param name="Round">The round.</param>
/// <param name="Runs">Its runs, in order.</param>
/// <param name="IsDue">Whether it may begin.</param>
public sealed record OpenRound(Round Round, IReadOnlyList<Run> Runs, bool IsDue)
{
    /// <summary>The run whose turn it is; null when all are done.</summary>
    public Run? Current => Runs.FirstOrDefault(run => run.State != RunState.Completed);
}

/// <summary>A run that is to be laid out and started.</summary>
/// <param name="Round">Its round.</param>
/// <param name="Run">The run.</param>
/// <param name="Options">The trainer's options, with what the project says where the plan says nothing.</param>
/// <param name="Models">What it starts from.</param>
public sealed record PreparedRun(Round Round, Run Run, JsonObject Options, RunModels Models)
{
    /// <summary>What it does.</summary>
    public StagePlan Stage => Round.Plan.Stages[Run.Number];
}

/// <summary>An event as it was read from a run folder.</summary>
/// <param name="Seq">Its number.</param>
/// <param name="Time">When it was written, in UTC.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Content">The rest of its line, as JSON.</param>
/// <param name="Step">The step that it is about; null for none.</param>
/// <param name="Steps">How many steps there are, where it says so.</param>
/// <param name="State">Where it says the run stands; null where it says nothing of that.</param>
/// <param name="Reason">Why, where it says so.</param>
public sealed record ReadEvent(long Seq, DateTime Time, string Kind, string Content, long? Step = null, long? Steps = null, RunState? State = null, string? Reason = null);

/// <summary>What a finished run left.</summary>
/// <param name="VersionId">The version that it becomes, whose folder is in place already.</param>
/// <param name="Metrics">Its measurements.</param>
/// <param name="Method">The parameter-efficient method; null where all weights were trained.</param>
/// <param name="SizeBytes">How much it holds on the disk.</param>
public sealed record RunResult(Guid VersionId, IReadOnlyDictionary<string, double> Metrics, string? Method, long SizeBytes);
