using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Queue;

namespace RlhfHub.Domain.Tests.Labeling;

/// <summary>A rater in a test: takes tasks and answers them.</summary>
internal sealed class Labeler(TestHub hub, Guid projectId, Actor actor)
{
    private static int keys;

    public Actor Actor => actor;

    public static Submission Submission(Answer answer, string? key = null) => new() { Answer = answer, ClientKey = key ?? $"labeler-{Interlocked.Increment(ref keys):D6}", ActiveMilliseconds = 4000 };

    public static ComparisonAnswer Prefers(int shown, int strength = 1) => new() { Better = shown, Strength = strength };

    public Task<NextTaskResult> NextAsync(TaskKind? kind = null, params Guid[] held) => hub.Get<QueueService>().NextAsync(actor, projectId, new NextTaskOptions { Kind = kind, Held = held }, default);

    public async Task<TaskView> TakeAsync() => (await NextAsync()).Task ?? throw new InvalidOperationException("Nothing waits.");

    public Task<SubmitReceipt> SubmitAsync(Guid assignmentId, Answer? answer = null, string? key = null) =>
        hub.Get<LabelingService>().SubmitAsync(actor, projectId, assignmentId, Submission(answer ?? Prefers(0), key), default);

    public async Task<SubmitReceipt> LabelAsync(Answer? answer = null) => await SubmitAsync((await TakeAsync()).AssignmentId, answer);

    public Task<EditOutcome> UndoAsync(Guid judgmentId) => hub.Get<LabelingService>().UndoAsync(actor, projectId, judgmentId, default);

    public Task<IReadOnlyList<OwnJudgment>> HistoryAsync() => hub.Get<LabelingService>().HistoryAsync(actor, projectId, default);
}
