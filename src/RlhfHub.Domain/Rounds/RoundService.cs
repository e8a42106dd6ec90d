using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Rounds;

/// <summary>Launches rounds, says what becomes of them, and tells how they go.</summary>
public sealed class RoundService(
    IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, Access access, RoundData data, RoundModels models, ITrainerCatalogue trainers, RoundSignal signal, TimeProvider time)
{
    /// <summary>The most events that one call gives.</summary>
    public const int MostEvents = 5000;

    /// <summary>What a plan would learn from now, and why it cannot start.</summary>
    [Requires(Policy.Manage, ReadsOnly = true)]
    public async Task<RoundPreview> PreviewAsync(Actor actor, Guid projectId, RoundPlan plan, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken, readsOnly: true);
        RequestValidation.Validate(plan);
        return await LookAsync(projectId, plan, cancellationToken);
    }

    /// <summary>Launches a round. It waits for the rounds before it, for its time, or for judgments.</summary>
    /// <returns>The round.</returns>
    /// <exception cref="InvalidRequestException">The plan cannot be carried out; nothing is launched.</exception>
    [Requires(Policy.Manage)]
    public async Task<Guid> LaunchAsync(Actor actor, Guid projectId, RoundLaunch launch, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        RequestValidation.Validate(launch);
        var preview = await LookAsync(projectId, launch.Plan, cancellationToken);
        // What judgments will be there when it starts nobody knows yet; the rest must be right now.
        var isLater = launch.AfterNewJudgments is not null || launch.StartsAt is not null;
        var refusals = preview.Stages.Select((stage, index) => (Field: $"plan.stages[{index}]", stage.Refusal, stage.Least)).Where(stage => stage.Refusal is not null && !(isLater && stage.Least is not null)).ToDictionary(stage => stage.Field, stage => stage.Refusal!);
        InvalidRequestException.ThrowIfAny(refusals);
        var now = time.GetUtcNow().UtcDateTime;
        var id = await writes.RunAsync(
            async db =>
            {
                var judgments = launch.AfterNewJudgments is { } more ? more + await RoundLedger.CountedAsync(db, projectId, cancellationToken) : (int?)null;
                var round = new Round
                {
                    ProjectId = projectId,
                    Number = 1 + (await db.Rounds.Where(entry => entry.ProjectId == projectId).MaxAsync(entry => (int?)entry.Number, cancellationToken) ?? 0),
                    Plan = launch.Plan,
                    StartsAt = launch.StartsAt?.ToUniversalTime(),
                    StartsAtJudgments = judgments,
                    CreatedById = actor.Id,
                    CreatedAt = now,
                };
                db.Add(round);
                foreach (var (stage, number) in launch.Plan.Stages.Select((stage, number) => (stage, number)))
                {
                    // In the order of their turns, as what comes of them will be.
                    db.Add(new Run { Id = Guid.CreateVersion7(now.AddMilliseconds(number)), RoundId = round.Id, Number = number, Kind = stage.Kind });
                }
                await db.SaveChangesAsync(cancellationToken);
                await AuditLog.RecordAsync(db, actor, "round.launch", projectId, round.Number.ToString(CultureInfo.InvariantCulture), new { Stages = launch.Plan.Stages.Select(stage => new { stage.Kind, stage.Options }), launch.StartsAt, judgments }, now, cancellationToken);
                return round.Id;
            },
            cancellationToken);
        signal.Raise();
        return id;
    }

    /// <summary>Rounds, newest first.</summary>
    [Requires(Policy.Review, ReadsOnly = true)]
    public async Task<Page<RoundSummary>> ListAsync(Actor actor, Guid projectId, PageRequest page, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Review, cancellationToken, readsOnly: true);
        RequestValidation.Validate(page);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rounds = await db.Rounds.AsNoTracking().Where(round => round.ProjectId == projectId && (page.After == null || round.Id.CompareTo(page.After.Value) < 0))
            .OrderByDescending(round => round.Id).Take(page.Limit + 1).ToListAsync(cancellationToken);
        var ids = rounds.ConvertAll(round => round.Id);
        var runs = (await db.Runs.AsNoTracking().Where(run => ids.Contains(run.RoundId)).ToListAsync(cancellationToken)).ToLookup(run => run.RoundId);
        return page.Cut(rounds.ConvertAll(round => Summary(round, runs[round.Id])), round => round.Id);
    }

    /// <summary>A round.</summary>
    [Requires(Policy.Review, ReadsOnly = true)]
    public async Task<RoundDetails> GetAsync(Actor actor, Guid projectId, Guid roundId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Review, cancellationToken, readsOnly: true);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var round = await FindAsync(db.Rounds.AsNoTracking(), projectId, roundId, cancellationToken);
        var runs = await db.Runs.AsNoTracking().Where(run => run.RoundId == roundId).ToListAsync(cancellationToken);
        var launcher = await db.Users.Where(person => person.Id == round.CreatedById).Select(person => person.DisplayName).SingleAsync(cancellationToken);
        return new(Summary(round, runs), round.Plan, round.SnapshotId, round.StartsAt, round.StartsAtJudgments, launcher);
    }

    /// <summary>A run's events after one of them, in order.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="projectId">The project.</param>
    /// <param name="runId">The run.</param>
    /// <param name="after">The number of the last event that is known; 0 for none.</param>
    /// <param name="kinds">Only these kinds; empty for all.</param>
    /// <param name="limit">How many at most, up to <see cref="MostEvents"/>.</param>
    /// <param name="cancellationToken">Stops it.</param>
    [Requires(Policy.Review, ReadsOnly = true)]
    public async Task<IReadOnlyList<RunEventDetails>> EventsAsync(Actor actor, Guid projectId, Guid runId, long after, IReadOnlyList<string> kinds, int limit, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Review, cancellationToken, readsOnly: true);
        if (after < 0) throw new InvalidRequestException("after", "The number of an event cannot be below 0.");
        if (limit is < 1 or > MostEvents) throw new InvalidRequestException("limit", $"Ask for 1 to {MostEvents} events at a time.");
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (!await db.Runs.AnyAsync(run => run.Id == runId && db.Rounds.Any(round => round.Id == run.RoundId && round.ProjectId == projectId), cancellationToken)) throw AccessException.NotFound("run", runId);
        var events = db.RunEvents.AsNoTracking().Where(entry => entry.RunId == runId && entry.Seq > after);
        if (kinds.Count > 0) events = events.Where(entry => kinds.Contains(entry.Kind));
        var rows = await events.OrderBy(entry => entry.Seq).Take(limit).ToListAsync(cancellationToken);
        return rows.ConvertAll(entry => new RunEventDetails(entry.Seq, entry.Time, entry.Kind, JsonNode.Parse(entry.Content)!.AsObject()));
    }

    /// <summary>Has a round save and wait.</summary>
    /// <returns>Whether it was going on.</returns>
    [Requires(Policy.Manage)]
    public Task<bool> PauseAsync(Actor actor, Guid projectId, Guid roundId, CancellationToken cancellationToken) =>
        WishAsync(actor, projectId, roundId, RoundWish.Pause, "round.pause", round => round.State is RoundState.Queued or RoundState.Preparing or RoundState.Running, cancellationToken);

    /// <summary>Has a round save and end. What its finished runs left stays.</summary>
    /// <returns>Whether it was still there to be ended.</returns>
    [Requires(Policy.Manage)]
    public Task<bool> StopAsync(Actor actor, Guid projectId, Guid roundId, CancellationToken cancellationToken) =>
        WishAsync(actor, projectId, roundId, RoundWish.Stop, "round.stop", round => round.State is RoundState.Queued or RoundState.Preparing or RoundState.Running or RoundState.Paused, cancellationToken);

    /// <summary>Has a round go on that waits, was ended or failed: from its last whole checkpoint, with other options where some are given.</summary>
    /// <returns>Whether there was something to go on with.</returns>
    /// <exception cref="InvalidRequestException">The options are not ones that its run can take.</exception>
    [Requires(Policy.Manage)]
    public async Task<bool> ResumeAsync(Actor actor, Guid projectId, Guid roundId, RoundResumption resumption, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        var goesOn = await writes.RunAsync(
            async db =>
            {
                var round = await FindAsync(db.Rounds, projectId, roundId, cancellationToken);
                var run = await db.Runs.Where(entry => entry.RoundId == roundId && entry.State != RunState.Completed).OrderBy(entry => entry.Number).FirstOrDefaultAsync(cancellationToken);
                if (run is null || round.State == RoundState.Completed || (round.Wish == RoundWish.Run && round.State is not (RoundState.Paused or RoundState.Failed))) return false;
                if (resumption.Options is { Count: > 0 } options)
                {
                    var changed = run.ChangedOptions?.DeepClone().AsObject() ?? [];
                    foreach (var (name, value) in options) changed[name] = value?.DeepClone();
                    var whole = StageData.OptionsOf(round.Plan.Stages[run.Number], (await ProjectRules.ReadAsync(db, projectId)).Settings);
                    foreach (var (name, value) in changed) whole[name] = value?.DeepClone();
                    if (trainers.FindFault(run.Kind, whole) is { } fault) throw new InvalidRequestException("options", fault);
                    run.ChangedOptions = changed;
                }
                (round.Wish, round.Reason, round.IsInTrouble) = (RoundWish.Run, null, false);
                // A worker that only waits has the round's folder still; any other is started again.
                if (round.State is RoundState.Failed or RoundState.Cancelled or RoundState.Paused)
                {
                    (round.State, round.EndedAt) = (RoundState.Queued, null);
                    if (run.State is not RunState.Waiting) (run.State, run.Reason, run.EndedAt, run.Restarts) = (RunState.Waiting, null, null, 0);
                }
                await db.SaveChangesAsync(cancellationToken);
                await AuditLog.RecordAsync(db, actor, "round.resume", projectId, round.Number.ToString(CultureInfo.InvariantCulture), new { resumption.Options }, now, cancellationToken);
                return true;
            },
            cancellationToken);
        if (goesOn) signal.Raise();
        return goesOn;
    }

    /// <summary>Asks the worker of a round for a checkpoint now.</summary>
    /// <returns>Whether one was at work.</returns>
    [Requires(Policy.Manage)]
    public async Task<bool> CheckpointAsync(Actor actor, Guid projectId, Guid roundId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        var asked = await writes.RunAsync(
            async db =>
            {
                await FindAsync(db.Rounds.AsNoTracking(), projectId, roundId, cancellationToken);
                var run = await db.Runs.SingleOrDefaultAsync(entry => entry.RoundId == roundId && (entry.State == RunState.Running || entry.State == RunState.Paused), cancellationToken);
                if (run is null) return false;
                run.WantsCheckpoint = true;
                await db.SaveChangesAsync(cancellationToken);
                return true;
            },
            cancellationToken);
        if (asked) signal.Raise();
        return asked;
    }

    internal static RoundSummary Summary(Round round, IEnumerable<Run> runs) => new(
        round.Id, round.Number, round.State, round.Wish, round.Reason, round.IsInTrouble,
        [.. runs.OrderBy(run => run.Number).Select(run => new RunSummary(run.Id, run.Number, run.Kind, run.State, run.Reason, run.Step, run.Steps, run.Restarts, run.StartedAt, run.EndedAt, run.VersionId))],
        round.CreatedAt, round.StartedAt, round.EndedAt);

    private const string TooFew = "There are too few";

    private static bool IsAboutSize(string refusal) => refusal.StartsWith(TooFew, StringComparison.Ordinal);

    private static async Task<Round> FindAsync(IQueryable<Round> rounds, Guid projectId, Guid roundId, CancellationToken cancellationToken) =>
        await rounds.SingleOrDefaultAsync(round => round.Id == roundId && round.ProjectId == projectId, cancellationToken) ?? throw AccessException.NotFound("round", roundId);

    private async Task<bool> WishAsync(Actor actor, Guid projectId, Guid roundId, RoundWish wish, string action, Func<Round, bool> isPossible, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        var isNew = await writes.RunAsync(
            async db =>
            {
                var round = await FindAsync(db.Rounds, projectId, roundId, cancellationToken);
                if (!isPossible(round) || round.Wish == wish) return false;
                round.Wish = wish;
                await db.SaveChangesAsync(cancellationToken);
                await AuditLog.RecordAsync(db, actor, action, projectId, round.Number.ToString(CultureInfo.InvariantCulture), null, now, cancellationToken);
                return true;
            },
            cancellationToken);
        if (isNew) signal.Raise();
        return isNew;
    }

    private async Task<RoundPreview> LookAsync(Guid projectId, RoundPlan plan, CancellationToken cancellationToken)
    {
        ProjectSettings settings;
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken)) settings = (await ProjectRules.ReadAsync(db, projectId)).Settings;
        var (counts, judgments, agreement) = await data.CountAsync(projectId, plan.Data, plan.Stages.Select(stage => stage.Kind), cancellationToken);
        List<StagePreview> stages = [];
        for (var number = 0; number < plan.Stages.Count; number++)
        {
            var stage = plan.Stages[number];
            var count = counts[stage.Kind];
            var (start, problem) = await models.PlanAsync(projectId, plan, number, cancellationToken);
            var refusal = Refusal(stage, settings, count);
            stages.Add(new(stage.Kind, count.Train, count.Prompts, count.Validation, start, refusal ?? problem, refusal is not null && IsAboutSize(refusal) ? StageData.LeastExamples : null));
        }
        return new(stages, judgments, agreement);
    }

    private string? Refusal(StagePlan stage, ProjectSettings settings, StageCounts count)
    {
        if (StageData.Find(stage.Kind) is not { } data || !trainers.Kinds.Contains(stage.Kind)) return $"No round trains '{stage.Kind}'; expected one of {string.Join(", ", StageData.Kinds)}.";
        if (trainers.FindFault(stage.Kind, StageData.OptionsOf(stage, settings)) is { } fault) return fault;
        return count.Train >= StageData.LeastExamples ? null : $"{TooFew} {data.Needs} to train '{stage.Kind}': {count.Train}, of at least {StageData.LeastExamples} in the training split.";
    }
}

/// <summary>Something about a round has changed.</summary>
public sealed class RoundSignal : WorkSignal;
