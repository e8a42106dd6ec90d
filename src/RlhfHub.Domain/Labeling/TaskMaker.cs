using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Prompts;
using RlhfHub.Domain.Queue;

namespace RlhfHub.Domain.Labeling;

/// <summary>Makes the tasks of one kind for a handful of prompts, inside the caller's write transaction.</summary>
internal static class TaskMaker
{
    public static async Task<TaskBatchResult> MakeAsync(RlhfHubDbContext db, Guid projectId, IReadOnlyList<Guid> promptIds, TaskBatch batch, int requiredJudgments, bool offersDraft, DateTime now, CancellationToken cancellationToken)
    {
        var prompts = await db.Prompts.AsNoTracking().Where(prompt => prompt.ProjectId == projectId && promptIds.Contains(prompt.Id)).OrderBy(prompt => prompt.Id)
            .Select(prompt => new { prompt.Id, prompt.Priority }).ToListAsync(cancellationToken);
        var responses = (await db.Responses.AsNoTracking().Where(response => promptIds.Contains(response.PromptId) && response.Flag == null).OrderBy(response => response.Id).ToListAsync(cancellationToken))
            .ToLookup(response => response.PromptId);
        // What came with a file judged never stood in the line (position 0): it is nobody's judgment here, and raters may label on top of it.
        var earlier = (await (from task in db.Tasks
                              join shown in db.TaskResponses on task.Id equals shown.TaskId into replies
                              where task.ProjectId == projectId && promptIds.Contains(task.PromptId) && task.Kind == batch.Kind && task.Purpose == batch.Purpose && task.Position > 0 && !task.IsWithdrawn
                              select new { task.PromptId, Replies = replies.OrderBy(reply => reply.Place).Select(reply => reply.ResponseId).ToList() }).AsNoTracking().ToListAsync(cancellationToken))
            .Select(task => Key(task.PromptId, task.Replies)).ToHashSet();

        var (created, tooFew, there) = (0, 0, 0);
        foreach (var prompt in prompts)
        {
            // The same text twice would be a comparison with itself.
            var different = responses[prompt.Id].DistinctBy(response => response.Text).ToList();
            var sets = Sets(different, batch, offersDraft).ToList();
            if (sets.Count == 0) tooFew++;
            foreach (var set in sets)
            {
                if (!earlier.Add(Key(prompt.Id, set.Select(response => response.Id))))
                {
                    there++;
                    continue;
                }
                var task = new LabelingTask
                {
                    ProjectId = projectId,
                    PromptId = prompt.Id,
                    Kind = batch.Kind,
                    Purpose = batch.Purpose,
                    RequiredJudgments = batch.Purpose == TaskPurpose.Gold ? 0 : requiredJudgments,
                    Priority = prompt.Priority + batch.Priority,
                    Position = await Places.NextPositionAsync(db, projectId, cancellationToken),
                    ExpectedAnswer = batch.ExpectedAnswer,
                    CreatedAt = now,
                };
                db.Add(task);
                for (var place = 0; place < set.Count; place++) db.Add(new TaskResponse { TaskId = task.Id, Place = place, ResponseId = set[place].Id, AuthorId = set[place].AuthorId });
                created++;
            }
        }
        await db.SaveChangesAsync(cancellationToken);
        return new(created, tooFew, there);
    }

    /// <summary>The sets of replies that tasks are made of: neighbours in time are compared, so that each reply takes part in one comparison and an odd one out in none.</summary>
    private static IEnumerable<IReadOnlyList<Response>> Sets(List<Response> responses, TaskBatch batch, bool offersDraft) => batch.Kind switch
    {
        TaskKind.Demonstration => [responses.Take(offersDraft ? 1 : 0).ToList()],
        TaskKind.Chat => [[]],
        TaskKind.Comparison => responses.Chunk(2).Where(pair => pair.Length == 2),
        TaskKind.Ranking => responses.Chunk(batch.RankedReplies).Where(set => set.Length == batch.RankedReplies),
        TaskKind.Rating or TaskKind.Classification => responses.Select(response => new[] { response }),
        _ => throw new ArgumentOutOfRangeException(nameof(batch), batch.Kind, "There is no such kind of task."),
    };

    private static string Key(Guid promptId, IEnumerable<Guid> responses) => $"{promptId}:{string.Join(',', responses.Order())}";
}
