using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;

namespace RlhfHub.Domain.Datasets;

/// <summary>Chooses the judgments of a snapshot, in one query and so at one moment.</summary>
internal static class SnapshotSelection
{
    /// <summary>The judgments that the rules take, in the order of their tasks and ids. Where a reviewer has settled a task, that word stands for it alone.</summary>
    public static async Task<List<SelectedJudgment>> SelectAsync(RlhfHubDbContext db, Guid projectId, SnapshotRules rules, CancellationToken cancellationToken)
    {
        var purposes = rules.Purposes.Where(purpose => purpose != TaskPurpose.Gold).ToList();
        var reviews = rules.Reviews.Where(review => review != ReviewState.Rejected).ToList();
        var found =
            from judgment in db.Judgments
            join task in db.Tasks on judgment.TaskId equals task.Id
            join prompt in db.Prompts on task.PromptId equals prompt.Id
            where judgment.ProjectId == projectId && purposes.Contains(judgment.Purpose) && reviews.Contains(judgment.Review)
                && (judgment.Standing == JudgmentStanding.Counted || judgment.Standing == JudgmentStanding.Settling || rules.IncludesExtra && judgment.Standing == JudgmentStanding.Extra)
            select new { judgment, prompt };
        if (rules.Kinds.Count > 0) found = found.Where(row => rules.Kinds.Contains(row.judgment.Kind));
        if (rules.Splits.Count > 0) found = found.Where(row => rules.Splits.Contains(row.prompt.Split));
        var rows = await found.AsNoTracking().Select(row => new
        {
            row.judgment.Id,
            row.judgment.TaskId,
            row.judgment.RaterId,
            row.judgment.Revision,
            row.judgment.Standing,
            PromptId = row.prompt.Id,
            row.prompt.Tags,
        }).ToListAsync(cancellationToken);

        var tags = rules.Tags.ToHashSet();
        var reliability = rules.Aggregation == Aggregation.Weighted ? await ReliabilityAsync(db, projectId, cancellationToken) : [];
        // Sorted here: databases differ in how they order ids.
        return [.. rows.Where(row => tags.Count == 0 || row.Tags.Any(tags.Contains)).GroupBy(row => row.TaskId).OrderBy(task => task.Key)
            .SelectMany(task => (task.Any(row => row.Standing == JudgmentStanding.Settling) ? task.Where(row => row.Standing == JudgmentStanding.Settling) : task).OrderBy(row => row.Id))
            .Select(row => new SelectedJudgment(row.TaskId, row.PromptId, row.Id, row.Revision, row.RaterId is { } rater ? reliability.GetValueOrDefault(rater, 0.5) : 1))];
    }

    /// <summary>How often raters gave the known answer, with one hit and one miss added to each: a rater who has seen no gold task counts half.</summary>
    private static async Task<Dictionary<Guid, double>> ReliabilityAsync(RlhfHubDbContext db, Guid projectId, CancellationToken cancellationToken) =>
        await db.Judgments.Where(judgment => judgment.ProjectId == projectId && judgment.MatchesGold != null && judgment.RaterId != null && judgment.Standing == JudgmentStanding.Counted)
            .GroupBy(judgment => judgment.RaterId!.Value).Select(rater => new { rater.Key, Hits = rater.Sum(judgment => judgment.MatchesGold == true ? 1 : 0), All = rater.Count() })
            .ToDictionaryAsync(rater => rater.Key, rater => Math.Round((rater.Hits + 1.0) / (rater.All + 2.0), 6), cancellationToken);
}

/// <summary>A judgment as a snapshot takes it.</summary>
internal sealed record SelectedJudgment(Guid TaskId, Guid PromptId, Guid JudgmentId, int Revision, double Weight);
