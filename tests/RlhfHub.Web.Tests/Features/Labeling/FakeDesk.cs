using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Prompts;
using RlhfHub.Domain.Queue;
using RlhfHub.Web.Features.Labeling;

namespace RlhfHub.Web.Tests.Features.Labeling;

/// <summary>A desk of made-up tasks that can fail, refuse and take its time.</summary>
internal sealed class FakeDesk(int tasks, TaskKind kind = TaskKind.Comparison, TaskView? view = null) : IDesk
{
    private readonly Queue<TaskView> waiting = new(Enumerable.Range(0, tasks).Select(index => view ?? Task(kind, index)));
    private readonly Dictionary<Guid, TaskView> given = [];

    public List<(Guid AssignmentId, Submission Submission)> Received { get; } = [];

    public List<Guid> Undone { get; } = [];

    public List<(Guid JudgmentId, Submission Submission)> Edited { get; } = [];

    public List<string> SkipReasons { get; } = [];

    /// <summary>What the next calls throw.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Submissions wait for it.</summary>
    public Task Gate { get; set; } = System.Threading.Tasks.Task.CompletedTask;

    public static TaskView Task(TaskKind kind = TaskKind.Comparison, int index = 0, string reply = "Reply", Answer? earlier = null, int replies = 2) => new()
    {
        AssignmentId = Guid.CreateVersion7(),
        Kind = kind,
        State = AssignmentState.Leased,
        Messages = [new(Message.User, $"Question {index}")],
        Replies = [.. Enumerable.Range(0, replies).Select(place => $"{reply} {place} to {index}")],
        LeaseExpiresAt = DateTime.MaxValue,
        GuidelinesVersion = 3,
        EarlierAnswer = earlier,
    };

    public Task<NextTaskResult> NextAsync(IReadOnlyList<Guid> held)
    {
        ThrowIfAsked();
        if (!waiting.TryDequeue(out var task)) return System.Threading.Tasks.Task.FromResult(new NextTaskResult(NextTaskOutcome.NothingWaits, null));
        given[task.AssignmentId] = task;
        return System.Threading.Tasks.Task.FromResult(new NextTaskResult(NextTaskOutcome.Found, task));
    }

    public Task<TaskView> GetAsync(Guid assignmentId) => System.Threading.Tasks.Task.FromResult(given[assignmentId] with { EarlierAnswer = Received.Last(sent => sent.AssignmentId == assignmentId).Submission.Answer });

    public async Task<SubmitReceipt> SubmitAsync(Guid assignmentId, Submission submission)
    {
        await Gate;
        Received.Add((assignmentId, submission));
        ThrowIfAsked();
        return new(SubmitOutcome.Counted, assignmentId, 1, false);
    }

    public Task<GiveUpOutcome> SkipAsync(Guid assignmentId, string reason)
    {
        SkipReasons.Add(reason);
        return System.Threading.Tasks.Task.FromResult(GiveUpOutcome.Done);
    }

    public Task<EditOutcome> UndoAsync(Guid judgmentId)
    {
        Undone.Add(judgmentId);
        return System.Threading.Tasks.Task.FromResult(EditOutcome.Edited);
    }

    public Task<EditOutcome> EditAsync(Guid judgmentId, Submission submission)
    {
        ThrowIfAsked();
        Edited.Add((judgmentId, submission));
        return System.Threading.Tasks.Task.FromResult(EditOutcome.Edited);
    }

    public Task RenewAsync(IReadOnlyList<Guid> assignmentIds) => System.Threading.Tasks.Task.CompletedTask;

    private void ThrowIfAsked()
    {
        if (Failure is { } failure) throw failure;
    }
}
