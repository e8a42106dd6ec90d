using System.ComponentModel.DataAnnotations;

namespace RlhfHub.Domain.Labeling;

/// <summary>An answer as it is sent in. Replies are named by the positions in which they were shown.</summary>
public sealed record Submission
{
    /// <summary>What the rater says.</summary>
    [Required]
    public required Answer Answer { get; init; }

    /// <summary>A key that the client makes up once for this answer and sends again with every repetition.</summary>
    [Required, StringLength(64, MinimumLength = 8)]
    public required string ClientKey { get; init; }

    /// <summary>How long the rater was at it, without pauses, in milliseconds.</summary>
    [Range(0, 86_400_000)]
    public int ActiveMilliseconds { get; init; }

    /// <summary>The guidelines that the rater had before them.</summary>
    [Range(0, int.MaxValue)]
    public int GuidelinesVersion { get; init; }
}

/// <summary>What became of an answer.</summary>
public enum SubmitOutcome
{
    /// <summary>It takes one of the task's places.</summary>
    Counted,

    /// <summary>All places were taken meanwhile; it is kept as extra.</summary>
    Extra,

    /// <summary>This rater has answered the task already, with another key; that answer can be edited.</summary>
    AlreadyAnswered,
}

/// <summary>The receipt of an answer: it is on the disk.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="JudgmentId">The judgment.</param>
/// <param name="Revision">The number of this version of it.</param>
/// <param name="IsRepetition">Whether the same answer had been received before.</param>
public sealed record SubmitReceipt(SubmitOutcome Outcome, Guid JudgmentId, int Revision, bool IsRepetition);
