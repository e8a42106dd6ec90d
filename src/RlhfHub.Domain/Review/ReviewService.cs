using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Queue;

namespace RlhfHub.Domain.Review;

/// <summary>What reviewers do with judgments: approve, fix, send back, and settle disagreements. Nobody reviews their own.</summary>
public sealed class ReviewService(WriteTransactions writes, Access access, TimeProvider time)
{
    private const int MaxReason = 2000;

    /// <summary>Says that a judgment stands, as it was in the revision that the reviewer saw.</summary>
    [Requires(Policy.Review)]
    public Task<ReviewOutcome> ApproveAsync(Actor actor, Guid projectId, Guid judgmentId, int revision, CancellationToken cancellationToken) =>
        ReviewAsync(actor, projectId, judgmentId, revision, (_, judgment, _) =>
        {
            judgment.Review = ReviewState.Approved;
            judgment.ReviewReason = null;
            return Task.CompletedTask;
        }, cancellationToken);

    /// <summary>Puts a judgment right in a revision of the reviewer's own; it keeps its place. The answer names replies by their places in the task, as <see cref="JudgmentService"/> shows them.</summary>
    /// <exception cref="InvalidRequestException">The answer is not one that the project asks for.</exception>
    [Requires(Policy.Review)]
    public async Task<ReviewOutcome> FixAsync(Actor actor, Guid projectId, Guid judgmentId, int revision, Submission submission, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Review, cancellationToken);
        RequestValidation.Validate(submission);
        return await ReviewAsync(actor, projectId, judgmentId, revision, async (db, judgment, now) =>
        {
            var rules = await ProjectRules.ReadAsync(db, projectId);
            AnswerRules.Check(submission.Answer, judgment.Kind, rules.Settings, judgment.DisplayOrder.Length);
            judgment.Review = ReviewState.Fixed;
            judgment.ReviewReason = null;
            judgment.Revision++;
            await Submissions.WriteRevisionAsync(db, judgmentId, judgment.Revision, actor.Id, submission, AnswerRules.Essence(submission.Answer), now, now, cancellationToken);
        }, cancellationToken, submission.ClientKey);
    }

    /// <summary>Sends a judgment back to its rater. Its place goes to the oldest extra judgment of somebody else, or becomes free.</summary>
    /// <exception cref="InvalidRequestException">There is no reason, or it is too long.</exception>
    [Requires(Policy.Review)]
    public async Task<ReviewOutcome> RejectAsync(Actor actor, Guid projectId, Guid judgmentId, int revision, string reason, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Review, cancellationToken);
        if (string.IsNullOrWhiteSpace(reason) || reason.Length > MaxReason) throw new InvalidRequestException("reason", $"Tell the rater in 1 to {MaxReason:N0} characters what to do better.");
        return await ReviewAsync(actor, projectId, judgmentId, revision, async (db, judgment, now) =>
        {
            var counted = judgment.Standing == JudgmentStanding.Counted;
            judgment.Standing = JudgmentStanding.Returned;
            judgment.Review = ReviewState.Rejected;
            judgment.ReviewReason = reason.Trim();
            await db.SaveChangesAsync(cancellationToken);
            if (counted) await Places.VacateAsync(db, projectId, judgment.TaskId, judgment.RaterId ?? Guid.Empty, now, cancellationToken);
            await db.Assignments.Where(assignment => assignment.TaskId == judgment.TaskId && assignment.RaterId == judgment.RaterId && assignment.ImportedRater == judgment.ImportedRater)
                .ExecuteUpdateAsync(set => set.SetProperty(assignment => assignment.State, AssignmentState.Returned).SetProperty(assignment => assignment.Reason, reason.Trim()), cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Settles a task whose raters disagree with a word of the reviewer's own, which takes no place. Settling again replaces it.</summary>
    /// <exception cref="InvalidRequestException">The answer is not one that the project asks for.</exception>
    [Requires(Policy.Review)]
    public async Task<ReviewOutcome> AdjudicateAsync(Actor actor, Guid projectId, Guid taskId, Submission submission, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Review, cancellationToken);
        RequestValidation.Validate(submission);
        var now = time.GetUtcNow().UtcDateTime;
        return await writes.RunAsync(
            async db =>
            {
                var task = await db.Tasks.AsNoTracking().SingleOrDefaultAsync(task => task.Id == taskId && task.ProjectId == projectId, cancellationToken) ?? throw AccessException.NotFound("task", taskId);
                var own = await db.Judgments.SingleOrDefaultAsync(judgment => judgment.TaskId == taskId && judgment.RaterId == actor.Id, cancellationToken);
                if (await Submissions.FindRepetitionAsync(db, actor.Id, submission.ClientKey, own?.Id, cancellationToken) is not null) return ReviewOutcome.Done;
                if (own is not null && own.Review != ReviewState.Adjudicated) return ReviewOutcome.OwnJudgment;
                if (await db.Assignments.AnyAsync(assignment => assignment.TaskId == taskId && assignment.RaterId == actor.Id && assignment.State == AssignmentState.Leased, cancellationToken)) return ReviewOutcome.OwnJudgment;
                var replies = await db.TaskResponses.CountAsync(response => response.TaskId == taskId, cancellationToken);
                // A reviewer sees the replies in the task's own order.
                var order = string.Concat(Enumerable.Range(0, replies));
                AnswerRules.Check(submission.Answer, task.Kind, (await ProjectRules.ReadAsync(db, projectId)).Settings, replies);
                await db.Judgments.Where(judgment => judgment.TaskId == taskId && judgment.Standing == JudgmentStanding.Settling && judgment.RaterId != actor.Id)
                    .ExecuteUpdateAsync(set => set.SetProperty(judgment => judgment.Standing, JudgmentStanding.Withdrawn).SetProperty(judgment => judgment.ChangedAt, now), cancellationToken);
                own ??= db.Add(new Judgment
                {
                    ProjectId = projectId,
                    TaskId = taskId,
                    RaterId = actor.Id,
                    Kind = task.Kind,
                    Purpose = task.Purpose,
                    Review = ReviewState.Adjudicated,
                    ReviewerId = actor.Id,
                    DisplayOrder = order,
                    SubmittedAt = now,
                }).Entity;
                own.Standing = JudgmentStanding.Settling;
                own.Revision++;
                own.ChangedAt = now;
                await db.SaveChangesAsync(cancellationToken);
                await Submissions.WriteRevisionAsync(db, own.Id, own.Revision, actor.Id, submission, AnswerRules.Essence(submission.Answer), now, now, cancellationToken);
                await AuditLog.RecordAsync(db, actor, "review.adjudicate", projectId, taskId.ToString(), null, now, cancellationToken);
                return ReviewOutcome.Done;
            },
            cancellationToken);
    }

    private async Task<ReviewOutcome> ReviewAsync(
        Actor actor, Guid projectId, Guid judgmentId, int revision, Func<RlhfHubDbContext, Judgment, DateTime, Task> change, CancellationToken cancellationToken, string? clientKey = null)
    {
        await access.RequireAsync(actor, projectId, Policy.Review, cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        return await writes.RunAsync(
            async db =>
            {
                var judgment = await db.Judgments.SingleOrDefaultAsync(entry => entry.Id == judgmentId && entry.ProjectId == projectId, cancellationToken) ?? throw AccessException.NotFound("judgment", judgmentId);
                if (judgment.RaterId == actor.Id) return ReviewOutcome.OwnJudgment;
                if (clientKey is not null && await Submissions.FindRepetitionAsync(db, actor.Id, clientKey, judgmentId, cancellationToken) is not null) return ReviewOutcome.Done;
                if (judgment.Standing is not (JudgmentStanding.Counted or JudgmentStanding.Extra)) return ReviewOutcome.NotInForce;
                if (judgment.Revision != revision) return ReviewOutcome.ChangedMeanwhile;
                var before = judgment.Review;
                await change(db, judgment, now);
                (judgment.ReviewerId, judgment.ImportedReviewer) = (actor.Id, null);
                judgment.ChangedAt = now;
                await db.SaveChangesAsync(cancellationToken);
                await AuditLog.RecordAsync(
                    db, actor, $"review.{judgment.Review.ToString().ToLowerInvariant()}", projectId, judgmentId.ToString(), new { Before = before, judgment.Revision, Reason = judgment.ReviewReason }, now, cancellationToken);
                return ReviewOutcome.Done;
            },
            cancellationToken);
    }
}

/// <summary>What became of a review.</summary>
public enum ReviewOutcome
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>The reviewer made this judgment, or has judged this task or has it on the desk; somebody else must review it.</summary>
    OwnJudgment,

    /// <summary>The judgment was withdrawn or sent back.</summary>
    NotInForce,

    /// <summary>There is a newer revision than the one that the reviewer saw; look at it first.</summary>
    ChangedMeanwhile,
}
