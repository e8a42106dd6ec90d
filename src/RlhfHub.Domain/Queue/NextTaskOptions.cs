using System.ComponentModel.DataAnnotations;
using RlhfHub.Domain.Labeling;

namespace RlhfHub.Domain.Queue;

/// <summary>What a rater's page asks for.</summary>
public sealed record NextTaskOptions
{
    /// <summary>Tasks that the page has already, so that it gets another.</summary>
    [MaxLength(50)]
    public IReadOnlyList<Guid> Held { get; init; } = [];

    /// <summary>Only this kind; null for any.</summary>
    [EnumDataType(typeof(TaskKind))]
    public TaskKind? Kind { get; init; }
}

/// <summary>What the queue had.</summary>
/// <param name="Outcome">Whether it had something.</param>
/// <param name="Task">The task.</param>
public sealed record NextTaskResult(NextTaskOutcome Outcome, TaskView? Task);

/// <summary>Whether the queue had something for a rater.</summary>
public enum NextTaskOutcome
{
    /// <summary>There is a task.</summary>
    Found,

    /// <summary>Nothing waits for this rater now.</summary>
    NothingWaits,

    /// <summary>The rater has as many tasks as one may have; answer or hand back one of them.</summary>
    DeskIsFull,
}

/// <summary>A task on the desk.</summary>
/// <param name="AssignmentId">The assignment.</param>
/// <param name="ExpiresAt">Until when it is kept, in UTC.</param>
public sealed record Lease(Guid AssignmentId, DateTime ExpiresAt);

/// <summary>What became of skipping or handing back.</summary>
public enum GiveUpOutcome
{
    /// <summary>It is off the desk.</summary>
    Done,

    /// <summary>It has been answered; undo the answer instead.</summary>
    AlreadyAnswered,
}
