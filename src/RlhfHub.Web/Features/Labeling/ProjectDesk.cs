using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Queue;
using RlhfHub.Web.Account;

namespace RlhfHub.Web.Features.Labeling;

/// <summary>The desk of whoever looks at the page. An answer is sent to its end even if the page is closed meanwhile.</summary>
public sealed class ProjectDesk(CurrentActor current, QueueService queue, LabelingService labeling, Guid projectId, CancellationToken closed) : IDesk
{
    public async Task<NextTaskResult> NextAsync(IReadOnlyList<Guid> held) => await queue.NextAsync(await current.GetAsync(closed), projectId, new NextTaskOptions { Held = held }, closed);

    public async Task<TaskView> GetAsync(Guid assignmentId) => await queue.GetAsync(await current.GetAsync(closed), projectId, assignmentId, closed);

    public async Task<SubmitReceipt> SubmitAsync(Guid assignmentId, Submission submission) =>
        await labeling.SubmitAsync(await current.GetAsync(CancellationToken.None), projectId, assignmentId, submission, CancellationToken.None);

    public async Task<GiveUpOutcome> SkipAsync(Guid assignmentId, string reason) => await queue.SkipAsync(await current.GetAsync(closed), projectId, assignmentId, reason, closed);

    public async Task<EditOutcome> UndoAsync(Guid judgmentId) => await labeling.UndoAsync(await current.GetAsync(closed), projectId, judgmentId, closed);

    public async Task RenewAsync(IReadOnlyList<Guid> assignmentIds) => await queue.RenewAsync(await current.GetAsync(closed), projectId, assignmentIds, closed);
}
