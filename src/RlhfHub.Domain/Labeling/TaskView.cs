using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Labeling;

/// <summary>A task as its rater sees it. It says neither who wrote the replies nor what the task is for.</summary>
public sealed record TaskView
{
    /// <summary>The assignment: the only id that the rater's page needs.</summary>
    public required Guid AssignmentId { get; init; }

    /// <summary>The project; empty in a preview.</summary>
    public Guid ProjectId { get; init; }

    /// <summary>What is asked.</summary>
    public required TaskKind Kind { get; init; }

    /// <summary>Where the assignment stands.</summary>
    public required AssignmentState State { get; init; }

    /// <summary>The conversation.</summary>
    public required IReadOnlyList<Message> Messages { get; init; }

    /// <summary>The replies in the order in which they are shown.</summary>
    public required IReadOnlyList<string> Replies { get; init; }

    /// <summary>Until when it is kept for the rater, in UTC.</summary>
    public required DateTime LeaseExpiresAt { get; init; }

    /// <summary>Why it was sent back, if it was.</summary>
    public string? Reason { get; init; }

    /// <summary>The guidelines in force.</summary>
    public required int GuidelinesVersion { get; init; }

    /// <summary>The answer given before, in shown positions.</summary>
    public Answer? EarlierAnswer { get; init; }

    /// <summary>The unfinished answer saved last, from whichever device.</summary>
    public SavedDraft? Draft { get; init; }

    /// <summary>Unfinished answers of other devices, newest first.</summary>
    public IReadOnlyList<SavedDraft> OtherDrafts { get; init; } = [];
}

/// <summary>An unfinished answer.</summary>
/// <param name="Device">The device that saved it.</param>
/// <param name="Sequence">The device's own count.</param>
/// <param name="Content">The page's JSON.</param>
/// <param name="SavedAt">When, in UTC.</param>
public sealed record SavedDraft(string Device, long Sequence, string Content, DateTime SavedAt);
