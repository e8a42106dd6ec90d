using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Rounds;

/// <summary>The comparisons that a round asks its project's people for: its policy while it practises, and its result against the model in use.</summary>
public sealed class RoundHeadToHeads(WriteTransactions writes, RoundModels models, HeadToHeadSignal signal, TimeProvider time)
{
    // Before what waits from earlier: the policy of now is what people should see.
    private const int LivePriority = 100;

    /// <summary>Whether the checkpoints of a run are shown to raters.</summary>
    public static bool IsLive(Run run, RoundPlan plan) => run.Kind is "ppo" or "dpo" && plan.LiveComparisons > 0;

    /// <summary>Has a checkpoint's replies compared with those of the model that the run started from. Asked again for the same checkpoint, it does nothing.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="step">The checkpoint's step.</param>
    /// <param name="servedName">What the site's own server calls the checkpoint.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task OfferAsync(Guid runId, long step, string servedName, CancellationToken cancellationToken)
    {
        var isNew = await writes.RunAsync(
            async db =>
            {
                var run = await db.Runs.AsNoTracking().SingleAsync(entry => entry.Id == runId, cancellationToken);
                var round = await db.Rounds.AsNoTracking().SingleAsync(entry => entry.Id == run.RoundId, cancellationToken);
                if (await db.HeadToHeads.AnyAsync(entry => entry.RunId == runId && entry.Step == step, cancellationToken) || !await AsksForComparisonsAsync(db, round.ProjectId)) return false;
                // What raters have not got to is about a policy that is gone; the newest checkpoint takes its place.
                await db.HeadToHeads.Where(entry => entry.RunId == runId && entry.Step < step && entry.State == CandidateState.Queued).ExecuteUpdateAsync(set => set.SetProperty(entry => entry.State, CandidateState.Cancelled), cancellationToken);
                var start = (await models.ResolveAsync(db, round, run, cancellationToken)).Start;
                db.Add(new HeadToHead
                {
                    ProjectId = round.ProjectId,
                    First = new ModelAddress(ModelSource.Own, servedName),
                    Second = new ModelAddress(ModelSource.Own, start.Version?.ServedName ?? start.BaseModel),
                    SecondVersionId = start.Version?.Id,
                    Order = OrderOf(round.Plan) with { Split = Split.Train, Prompts = round.Plan.LiveComparisons, Purpose = TaskPurpose.Training, RequiredJudgments = 1, Priority = LivePriority, Seed = (int)((round.Plan.Stages[run.Number].Seed + step) % int.MaxValue) },
                    RunId = runId,
                    Step = step,
                    CreatedById = round.CreatedById,
                    CreatedAt = time.GetUtcNow().UtcDateTime,
                });
                await db.SaveChangesAsync(cancellationToken);
                return true;
            },
            cancellationToken);
        if (isNew) signal.Raise();
    }

    /// <summary>Has a round's last model that writes text compared with the one in use, blind.</summary>
    internal async Task OldAgainstNewAsync(RlhfHubDbContext db, Round round, DateTime now, CancellationToken cancellationToken)
    {
        if (round.Plan.EvaluationComparisons == 0 || !await AsksForComparisonsAsync(db, round.ProjectId)) return;
        var run = (await db.Runs.AsNoTracking().Where(entry => entry.RoundId == round.Id && entry.VersionId != null).OrderByDescending(entry => entry.Number).ToListAsync(cancellationToken)).Find(entry => RoundModels.Writes(entry.Kind));
        if (run is null || await db.HeadToHeads.AnyAsync(entry => entry.FirstVersionId == run.VersionId && entry.RunId == run.Id && entry.Step == null, cancellationToken)) return;
        var version = await db.ModelVersions.AsNoTracking().SingleAsync(entry => entry.Id == run.VersionId, cancellationToken);
        var used = await db.ModelVersions.AsNoTracking().SingleOrDefaultAsync(entry => entry.ProjectId == round.ProjectId && entry.Role == VersionRole.Policy && entry.State == VersionState.InUse, cancellationToken);
        var split = await db.Prompts.AnyAsync(prompt => prompt.ProjectId == round.ProjectId && !prompt.IsArchived && prompt.Split == Split.Validation, cancellationToken) ? Split.Validation : Split.Train;
        db.Add(new HeadToHead
        {
            ProjectId = round.ProjectId,
            First = new ModelAddress(ModelSource.Own, version.ServedName),
            FirstVersionId = version.Id,
            Second = used is not null ? new ModelAddress(ModelSource.Own, used.ServedName) : await ModelAddress.OfAsync(db, round.ProjectId, cancellationToken),
            SecondVersionId = used?.Id,
            Order = OrderOf(round.Plan) with { Split = split, Prompts = round.Plan.EvaluationComparisons, Seed = round.Plan.Stages[run.Number].Seed },
            RunId = run.Id,
            CreatedById = round.CreatedById,
            CreatedAt = now,
        });
        signal.Raise();
    }

    private static HeadToHeadOrder OrderOf(RoundPlan plan) => new() { MaxNewTokens = plan.ReplyTokens, Temperature = plan.ReplyTemperature };

    private static async Task<bool> AsksForComparisonsAsync(RlhfHubDbContext db, Guid projectId) => (await ProjectRules.ReadAsync(db, projectId)).Settings.Kinds.Contains(TaskKind.Comparison);
}
