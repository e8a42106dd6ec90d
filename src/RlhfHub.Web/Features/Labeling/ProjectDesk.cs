using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Queue;
using RlhfHub.Web.Account;
using RlhfHub.Web.Shared;

namespace RlhfHub.Web.Features.Labeling;

/// <summary>The desk of whoever looks at the page. An answer is sent to its end even if the page is closed meanwhile.</summary>
public sealed class ProjectDesk(CurrentActor current, QueueService queue, LabelingService labeling, Guid projectId, CancellationToken closed) : IDesk
{
    public async Task<NextTaskResult> NextAsync(IReadOnlyList<Guid> held)
    {
        var result = await queue.NextAsync(await current.GetAsync(closed), projectId, new NextTaskOptions { Held = held }, closed);
        // The page holds it behind the task on the screen; when it is shown, its Markdown is ready.
        if (result.Task is { } task) await MarkdownText.PrepareAsync([.. task.Messages.Select(message => message.Content), .. task.Replies], closed);
        return result;
    }

    public async Task<TaskView> GetAsync(Guid assignmentId) => await queue.GetAsync(await current.GetAsync(closed), projectId, assignmentId, closed);

    public async Task<SubmitReceipt> SubmitAsync(Guid assignmentId, Submission submission) =>
        await labeling.SubmitAsync(await current.GetAsync(CancellationToken.None), projectId, assignmentId, submission, CancellationToken.None);

    public async Task<GiveUpOutcome> SkipAsync(Guid assignmentId, string reason) => await queue.SkipAsync(await current.GetAsync(closed), projectId, assignmentId, reason, closed);

    public async Task<EditOutcome> UndoAsync(Guid judgmentId) => await labeling.UndoAsync(await current.GetAsync(closed), projectId, judgmentId, closed);

    public async Task<EditOutcome> EditAsync(Guid judgmentId, Submission submission) =>
        await labeling.EditAsync(await current.GetAsync(CancellationToken.None), projectId, judgmentId, submission, CancellationToken.None);

    public async Task RenewAsync(IReadOnlyList<Guid> assignmentIds) => await queue.RenewAsync(await current.GetAsync(closed), projectId, assignmentIds, closed);
}
