using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Queue;

namespace RlhfHub.Web.Features.Labeling;

/// <summary>A rater's desk in one project, as the labeling page uses it.</summary>
public interface IDesk
{
    Task<NextTaskResult> NextAsync(IReadOnlyList<Guid> held);

    Task<TaskView> GetAsync(Guid assignmentId);

    Task<SubmitReceipt> SubmitAsync(Guid assignmentId, Submission submission);

    Task<GiveUpOutcome> SkipAsync(Guid assignmentId, string reason);

    Task<EditOutcome> UndoAsync(Guid judgmentId);

    Task<EditOutcome> EditAsync(Guid judgmentId, Submission submission);

    Task RenewAsync(IReadOnlyList<Guid> assignmentIds);
}
