using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.Labeling;

/// <summary>Reads tasks as their raters see them. For use cases that have asked for permission.</summary>
public sealed class TaskReader(IDbContextFactory<RlhfHubDbContext> contexts)
{
    private static readonly Func<RlhfHubDbContext, Guid, Guid, Guid, Task<Row?>> FindRow = EF.CompileAsyncQuery((RlhfHubDbContext db, Guid projectId, Guid raterId, Guid assignmentId) =>
        (from assignment in db.Assignments
         join task in db.Tasks on assignment.TaskId equals task.Id
         join prompt in db.Prompts on task.PromptId equals prompt.Id
         join project in db.Projects on task.ProjectId equals project.Id
         where assignment.Id == assignmentId && assignment.RaterId == raterId && assignment.ProjectId == projectId
         select new Row(assignment, task.Kind, prompt.Messages, project.GuidelinesVersion)).AsNoTracking().FirstOrDefault());

    private static readonly Func<RlhfHubDbContext, Guid, IAsyncEnumerable<string>> FindReplies = EF.CompileAsyncQuery((RlhfHubDbContext db, Guid taskId) =>
        from shown in db.TaskResponses
        join response in db.Responses on shown.ResponseId equals response.Id
        where shown.TaskId == taskId
        orderby shown.Place
        select response.Text);

    private static readonly Func<RlhfHubDbContext, Guid, IAsyncEnumerable<SavedDraft>> FindDrafts = EF.CompileAsyncQuery((RlhfHubDbContext db, Guid assignmentId) =>
        db.Drafts.Where(draft => draft.AssignmentId == assignmentId).OrderByDescending(draft => draft.SavedAt).Select(draft => new SavedDraft(draft.Device, draft.Sequence, draft.Content, draft.SavedAt)));

    private static readonly Func<RlhfHubDbContext, Guid, Guid, Task<Answer?>> FindAnswer = EF.CompileAsyncQuery((RlhfHubDbContext db, Guid taskId, Guid raterId) =>
        (from judgment in db.Judgments
         join revision in db.JudgmentRevisions on new { Id = judgment.Id, Number = judgment.Revision } equals new { Id = revision.JudgmentId, revision.Number }
         where judgment.TaskId == taskId && judgment.RaterId == raterId
         select revision.Answer).FirstOrDefault());

    /// <summary>The task of an assignment; null when this rater has none with this id in the project.</summary>
    public async Task<TaskView?> ReadAsync(Guid projectId, Guid raterId, Guid assignmentId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (await FindRow(db, projectId, raterId, assignmentId) is not { } row) return null;

        var replies = await ToListAsync(FindReplies(db, row.Assignment.TaskId), cancellationToken);
        var drafts = await ToListAsync(FindDrafts(db, assignmentId), cancellationToken);
        var earlier = await FindAnswer(db, row.Assignment.TaskId, raterId);
        return new TaskView
        {
            AssignmentId = assignmentId,
            ProjectId = projectId,
            Kind = row.Kind,
            State = row.Assignment.State,
            Messages = row.Messages,
            Replies = [.. row.Assignment.DisplayOrder.Select(place => replies[place - '0'])],
            LeaseExpiresAt = row.Assignment.LeaseExpiresAt,
            Reason = row.Assignment.Reason,
            GuidelinesVersion = row.GuidelinesVersion,
            EarlierAnswer = earlier is null ? null : ShownAnswer.ToShown(earlier, row.Assignment.DisplayOrder),
            Draft = drafts.FirstOrDefault(),
            OtherDrafts = [.. drafts.Skip(1)],
        };
    }

    private static async Task<List<T>> ToListAsync<T>(IAsyncEnumerable<T> rows, CancellationToken cancellationToken)
    {
        List<T> list = [];
        await foreach (var row in rows.WithCancellation(cancellationToken)) list.Add(row);
        return list;
    }

    private sealed record Row(Assignment Assignment, TaskKind Kind, IReadOnlyList<Prompts.Message> Messages, int GuidelinesVersion);
}
