using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;

namespace RlhfHub.Domain.Review;

/// <summary>Shows judgments to those who review them.</summary>
public sealed class JudgmentService(IDbContextFactory<RlhfHubDbContext> contexts, Access access)
{
    /// <summary>Judgments, newest first.</summary>
    [Requires(Policy.Review, ReadsOnly = true)]
    public async Task<Page<JudgmentSummary>> ListAsync(Actor actor, Guid projectId, JudgmentFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Review, cancellationToken, readsOnly: true);
        RequestValidation.Validate(filter);
        RequestValidation.Validate(page);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db.Judgments.AsNoTracking()
            .Where(judgment => judgment.ProjectId == projectId && (filter.Review == null || judgment.Review == filter.Review) && (filter.Standing == null || judgment.Standing == filter.Standing)
                && (filter.Kind == null || judgment.Kind == filter.Kind) && (filter.RaterId == null || judgment.RaterId == filter.RaterId) && (filter.TaskId == null || judgment.TaskId == filter.TaskId)
                && (filter.MatchesGold == null || judgment.MatchesGold == filter.MatchesGold) && (page.After == null || judgment.Id.CompareTo(page.After.Value) < 0))
            .OrderByDescending(judgment => judgment.Id).Take(page.Limit + 1)
            .Select(judgment => new JudgmentSummary(
                judgment.Id, judgment.TaskId, judgment.RaterId, judgment.ImportedRater, judgment.Kind, judgment.Purpose, judgment.Standing, judgment.Review, judgment.ReviewReason, judgment.Revision,
                judgment.MatchesGold, judgment.SubmittedAt))
            .ToListAsync(cancellationToken);
        return page.Cut(rows, judgment => judgment.Id);
    }

    /// <summary>A judgment with all that was ever said in it, oldest first. Replies are named by their places in the task.</summary>
    [Requires(Policy.Review, ReadsOnly = true)]
    public async Task<JudgmentDetails> GetAsync(Actor actor, Guid projectId, Guid judgmentId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Review, cancellationToken, readsOnly: true);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var judgment = await db.Judgments.AsNoTracking().SingleOrDefaultAsync(entry => entry.Id == judgmentId && entry.ProjectId == projectId, cancellationToken) ?? throw AccessException.NotFound("judgment", judgmentId);
        var messages = await (from task in db.Tasks join prompt in db.Prompts on task.PromptId equals prompt.Id where task.Id == judgment.TaskId select prompt.Messages).AsNoTracking().SingleAsync(cancellationToken);
        var replies = await (from shown in db.TaskResponses join response in db.Responses on shown.ResponseId equals response.Id where shown.TaskId == judgment.TaskId orderby shown.Place select response.Text)
            .ToListAsync(cancellationToken);
        var revisions = await db.JudgmentRevisions.AsNoTracking().Where(revision => revision.JudgmentId == judgmentId).OrderBy(revision => revision.Number)
            .Select(revision => new RevisionDetails(revision.Number, revision.AuthorId, revision.Answer, revision.GuidelinesVersion, revision.StartedAt, revision.SubmittedAt, revision.ActiveMilliseconds)).ToListAsync(cancellationToken);
        var summary = new JudgmentSummary(
            judgment.Id, judgment.TaskId, judgment.RaterId, judgment.ImportedRater, judgment.Kind, judgment.Purpose, judgment.Standing, judgment.Review, judgment.ReviewReason, judgment.Revision,
            judgment.MatchesGold, judgment.SubmittedAt);
        return new(summary, judgment.DisplayOrder, messages, replies, revisions);
    }
}

/// <summary>Which judgments are asked for.</summary>
public sealed record JudgmentFilter
{
    /// <summary>Only those that reviewers have said this of.</summary>
    [EnumDataType(typeof(ReviewState))]
    public ReviewState? Review { get; init; }

    /// <summary>Only those that stand so.</summary>
    [EnumDataType(typeof(JudgmentStanding))]
    public JudgmentStanding? Standing { get; init; }

    /// <summary>Only of this kind.</summary>
    [EnumDataType(typeof(TaskKind))]
    public TaskKind? Kind { get; init; }

    /// <summary>Only this rater's.</summary>
    public Guid? RaterId { get; init; }

    /// <summary>Only of this task.</summary>
    public Guid? TaskId { get; init; }

    /// <summary>Only answers to gold tasks that are, or are not, the known one.</summary>
    public bool? MatchesGold { get; init; }
}

/// <summary>A judgment in a list.</summary>
/// <param name="Id">The judgment.</param>
/// <param name="TaskId">The task.</param>
/// <param name="RaterId">The rater.</param>
/// <param name="ImportedRater">Where it was imported from.</param>
/// <param name="Kind">What was asked.</param>
/// <param name="Purpose">What for.</param>
/// <param name="Standing">Whether it counts.</param>
/// <param name="Review">What reviewers said.</param>
/// <param name="ReviewReason">Why.</param>
/// <param name="Revision">The version in force.</param>
/// <param name="MatchesGold">Whether it is the known answer; null for other tasks.</param>
/// <param name="SubmittedAt">When, in UTC.</param>
public sealed record JudgmentSummary(
    Guid Id, Guid TaskId, Guid? RaterId, string? ImportedRater, TaskKind Kind, TaskPurpose Purpose, JudgmentStanding Standing, ReviewState Review, string? ReviewReason, int Revision, bool? MatchesGold, DateTime SubmittedAt);

/// <summary>A judgment with its history.</summary>
/// <param name="Judgment">Where it stands.</param>
/// <param name="DisplayOrder">The places of the replies in the order in which they were shown.</param>
/// <param name="Messages">The conversation.</param>
/// <param name="Replies">The replies by place.</param>
/// <param name="Revisions">What was said, oldest first.</param>
public sealed record JudgmentDetails(JudgmentSummary Judgment, string DisplayOrder, IReadOnlyList<Prompts.Message> Messages, IReadOnlyList<string> Replies, IReadOnlyList<RevisionDetails> Revisions);

/// <summary>A version of a judgment.</summary>
/// <param name="Number">1, 2, 3, ...</param>
/// <param name="AuthorId">Who said it.</param>
/// <param name="Answer">What was said.</param>
/// <param name="GuidelinesVersion">Under which guidelines.</param>
/// <param name="StartedAt">When the task was on the screen.</param>
/// <param name="SubmittedAt">When it was submitted.</param>
/// <param name="ActiveMilliseconds">How long it took.</param>
public sealed record RevisionDetails(int Number, Guid? AuthorId, Answer Answer, int GuidelinesVersion, DateTime StartedAt, DateTime SubmittedAt, int ActiveMilliseconds);
