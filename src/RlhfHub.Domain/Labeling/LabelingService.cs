using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Queue;

namespace RlhfHub.Domain.Labeling;

/// <summary>What raters do with the tasks they have: save drafts, answer, edit and undo.</summary>
public sealed class LabelingService(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, Access access, TimeProvider time)
{
    /// <summary>How far back a rater may edit and undo.</summary>
    public const int HistoryLength = 50;

    /// <summary>Takes an answer in. When this returns, it is on the disk; sending it again under the same key changes nothing and gives the same receipt.</summary>
    /// <exception cref="InvalidRequestException">The answer is not one that the project asks for.</exception>
    /// <exception cref="AccessException">The rater has no task with this id.</exception>
    [Requires(Policy.Label)]
    public async Task<SubmitReceipt> SubmitAsync(Actor actor, Guid projectId, Guid assignmentId, Submission submission, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Label, cancellationToken);
        RequestValidation.Validate(submission);
        var rules = await RulesAsync(projectId, cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        return await writes.RunAsync(
            async db =>
            {
                var task = await Submissions.FindAsync(db, projectId, actor.Id, assignmentId, cancellationToken) ?? throw AccessException.NotFound("task of yours", assignmentId);
                if (await Submissions.FindRepetitionAsync(db, actor.Id, submission.ClientKey, task.JudgmentId, cancellationToken) is { } repetition) return repetition;
                if (task.State == AssignmentState.Submitted || task.IsSettledByRater) return new(SubmitOutcome.AlreadyAnswered, task.JudgmentId!.Value, task.Revision, false);
                var answer = await Chat.FillAsync(db, assignmentId, submission.Answer, cancellationToken);
                AnswerRules.Check(answer, task.Kind, rules.Settings, task.DisplayOrder.Length);
                if (submission.GuidelinesVersion > rules.GuidelinesVersion) throw new InvalidRequestException("guidelinesVersion", $"There are no guidelines {submission.GuidelinesVersion}; the newest are number {rules.GuidelinesVersion}.");
                return await Submissions.WriteAsync(db, task, submission, ShownAnswer.ToPlaces(AnswerRules.Essence(answer), task.DisplayOrder), now, cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>Saves an unfinished answer of one device. An older save of that device never replaces a newer one.</summary>
    /// <returns>When it was saved, in UTC; null when a newer one is there or the task is answered already.</returns>
    /// <exception cref="InvalidRequestException">The content is no JSON or too long.</exception>
    [Requires(Policy.Label)]
    public async Task<DateTime?> SaveDraftAsync(Actor actor, Guid projectId, Guid assignmentId, DraftSave draft, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Label, cancellationToken);
        RequestValidation.Validate(draft);
        RequireJson(draft.Content);
        var now = time.GetUtcNow().UtcDateTime;
        return await writes.RunAsync(
            async db =>
            {
                var task = await Submissions.FindAsync(db, projectId, actor.Id, assignmentId, cancellationToken) ?? throw AccessException.NotFound("task of yours", assignmentId);
                if (task.State == AssignmentState.Submitted) return (DateTime?)null;
                var changed = await db.ExecuteAsync(
                    """
                    INSERT INTO "Drafts" ("AssignmentId", "Device", "Content", "Sequence", "SavedAt") VALUES (@id, @device, @content, @sequence, @now)
                    ON CONFLICT ("AssignmentId", "Device") DO UPDATE SET "Content" = @content, "Sequence" = @sequence, "SavedAt" = @now WHERE "Drafts"."Sequence" <= @sequence
                    """,
                    cancellationToken, ("@id", assignmentId), ("@device", draft.Device), ("@content", draft.Content), ("@sequence", draft.Sequence), ("@now", now));
                return changed > 0 ? now : null;
            },
            cancellationToken);
    }

    /// <summary>The rater's last judgments, newest first.</summary>
    [Requires(Policy.Label, ReadsOnly = true)]
    public async Task<IReadOnlyList<OwnJudgment>> HistoryAsync(Actor actor, Guid projectId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Label, cancellationToken, readsOnly: true);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var raterId = actor.Id;
        var rows = await (
            from judgment in db.Judgments
            join assignment in db.Assignments on new { judgment.TaskId, RaterId = judgment.RaterId!.Value } equals new { assignment.TaskId, RaterId = assignment.RaterId!.Value }
            join revision in db.JudgmentRevisions on new { judgment.Id, Number = judgment.Revision } equals new { Id = revision.JudgmentId, revision.Number }
            where judgment.RaterId == raterId && judgment.ProjectId == projectId
            orderby judgment.SubmittedAt descending, judgment.Id descending
            select new { judgment.Id, AssignmentId = assignment.Id, judgment.Kind, judgment.Standing, judgment.Review, judgment.ReviewReason, judgment.Revision, judgment.DisplayOrder, revision.Answer, judgment.SubmittedAt })
            .AsNoTracking().Take(HistoryLength).ToListAsync(cancellationToken);
        return [.. rows.Select(row => new OwnJudgment(
            row.Id, row.AssignmentId, row.Kind, Shown(row.Standing), row.Review, row.ReviewReason, row.Revision, ShownAnswer.ToShown(row.Answer, row.DisplayOrder), row.SubmittedAt))];
    }

    /// <summary>Changes one of the rater's last judgments; the earlier answer stays in its history, and reviewers see it anew.</summary>
    [Requires(Policy.Label)]
    public async Task<EditOutcome> EditAsync(Actor actor, Guid projectId, Guid judgmentId, Submission submission, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Label, cancellationToken);
        RequestValidation.Validate(submission);
        var rules = await RulesAsync(projectId, cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        return await writes.RunAsync(
            async db =>
            {
                var judgment = await FindOwnAsync(db, actor.Id, projectId, judgmentId, cancellationToken);
                if (await Submissions.FindRepetitionAsync(db, actor.Id, submission.ClientKey, judgmentId, cancellationToken) is not null) return EditOutcome.Edited;
                if (await RefusalAsync(db, judgment, cancellationToken) is { } refusal) return refusal;
                var assignmentId = await db.Assignments.Where(entry => entry.TaskId == judgment.TaskId && entry.RaterId == actor.Id).Select(entry => entry.Id).SingleAsync(cancellationToken);
                var edited = await Chat.FillAsync(db, assignmentId, submission.Answer, cancellationToken);
                AnswerRules.Check(edited, judgment.Kind, rules.Settings, judgment.DisplayOrder.Length);
                judgment.Revision++;
                judgment.Review = ReviewState.Submitted;
                judgment.ChangedAt = now;
                await db.SaveChangesAsync(cancellationToken);
                var answer = ShownAnswer.ToPlaces(AnswerRules.Essence(edited), judgment.DisplayOrder);
                await Submissions.WriteRevisionAsync(db, judgment.Id, judgment.Revision, actor.Id, submission, answer, now, now, cancellationToken);
                return EditOutcome.Edited;
            },
            cancellationToken);
    }

    /// <summary>Takes one of the rater's last judgments back. Its place goes to the oldest extra judgment of somebody else; where there is none, the task lies on the rater's desk again.</summary>
    [Requires(Policy.Label)]
    public async Task<EditOutcome> UndoAsync(Actor actor, Guid projectId, Guid judgmentId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Label, cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        return await writes.RunAsync(
            async db =>
            {
                var judgment = await FindOwnAsync(db, actor.Id, projectId, judgmentId, cancellationToken);
                if (judgment.Standing == JudgmentStanding.Withdrawn) return EditOutcome.Edited;
                if (await RefusalAsync(db, judgment, cancellationToken) is { } refusal) return refusal;
                var rules = await ProjectRules.ReadAsync(db, projectId);
                var (counted, standing) = (judgment.Standing == JudgmentStanding.Counted, JudgmentStanding.Withdrawn);
                judgment.Standing = standing;
                judgment.Review = ReviewState.Submitted;
                judgment.ChangedAt = now;
                await db.SaveChangesAsync(cancellationToken);

                var assignment = await db.Assignments.SingleAsync(entry => entry.TaskId == judgment.TaskId && entry.RaterId == actor.Id, cancellationToken);
                var isFilled = counted && await Places.VacateAsync(db, projectId, judgment.TaskId, actor.Id, now, cancellationToken);
                if (counted && !isFilled)
                {
                    await Places.TakeAsync(db, judgment.TaskId, counted: 0, leases: 1, cancellationToken);
                    await Places.LeaseAsync(db, assignment.Id, now.AddMinutes(rules.Settings.LeaseMinutes), cancellationToken);
                }
                else
                {
                    await Places.SetStateAsync(db, assignment.Id, AssignmentState.Withdrawn, null, cancellationToken);
                }
                return EditOutcome.Edited;
            },
            cancellationToken);
    }

    private static async Task<Judgment> FindOwnAsync(RlhfHubDbContext db, Guid raterId, Guid projectId, Guid judgmentId, CancellationToken cancellationToken) =>
        await db.Judgments.SingleOrDefaultAsync(judgment => judgment.Id == judgmentId && judgment.RaterId == raterId && judgment.ProjectId == projectId, cancellationToken)
        ?? throw AccessException.NotFound("judgment of yours", judgmentId);

    private static async Task<EditOutcome?> RefusalAsync(RlhfHubDbContext db, Judgment judgment, CancellationToken cancellationToken)
    {
        if (judgment.Review is ReviewState.Fixed or ReviewState.Adjudicated) return EditOutcome.SettledByReviewer;
        var author = await db.JudgmentRevisions.Where(revision => revision.JudgmentId == judgment.Id && revision.Number == judgment.Revision).Select(revision => revision.AuthorId).SingleAsync(cancellationToken);
        if (author != judgment.RaterId) return EditOutcome.SettledByReviewer;
        if (judgment.Standing is not (JudgmentStanding.Counted or JudgmentStanding.Extra)) return EditOutcome.NotInForce;
        var later = await db.Judgments.CountAsync(
            other => other.RaterId == judgment.RaterId && other.ProjectId == judgment.ProjectId && other.SubmittedAt > judgment.SubmittedAt, cancellationToken);
        return later >= HistoryLength ? EditOutcome.TooLongAgo : null;
    }

    // Extra or not is the project's affair: to the rater it is an answer like any other.
    private static JudgmentStanding Shown(JudgmentStanding standing) => standing == JudgmentStanding.Extra ? JudgmentStanding.Counted : standing;

    private static void RequireJson(string content)
    {
        if (Encoding.UTF8.GetByteCount(content) > Draft.MaxBytes) throw new InvalidRequestException("content", $"The draft is longer than {Draft.MaxBytes:N0} bytes.");
        try
        {
            using var document = JsonDocument.Parse(content);
        }
        catch (JsonException error)
        {
            throw new InvalidRequestException("content", $"The draft is not JSON: {error.Message}");
        }
    }

    private async Task<ProjectRules> RulesAsync(Guid projectId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await ProjectRules.ReadAsync(db, projectId);
    }
}
