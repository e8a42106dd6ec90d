using System.ComponentModel.DataAnnotations;

namespace RlhfHub.Domain.Labeling;

/// <summary>An unfinished answer as a page sends it.</summary>
public sealed record DraftSave
{
    /// <summary>What the browser calls itself; the same for all its pages.</summary>
    [Required, StringLength(64, MinimumLength = 1)]
    public required string Device { get; init; }

    /// <summary>Grows with each save.</summary>
    [Range(0, long.MaxValue)]
    public required long Sequence { get; init; }

    /// <summary>The page's JSON.</summary>
    [Required]
    public required string Content { get; init; }
}

/// <summary>What became of editing or undoing a judgment.</summary>
public enum EditOutcome
{
    /// <summary>It is done.</summary>
    Edited,

    /// <summary>There are too many later ones; a reviewer can still put it right.</summary>
    TooLongAgo,

    /// <summary>A reviewer has put it right or settled it.</summary>
    SettledByReviewer,

    /// <summary>It was withdrawn or sent back: answer the task again instead.</summary>
    NotInForce,
}

/// <summary>One of the rater's own judgments.</summary>
/// <param name="Id">The judgment.</param>
/// <param name="AssignmentId">Its assignment, to show the task again.</param>
/// <param name="Kind">What was asked.</param>
/// <param name="Standing">Whether it is in force.</param>
/// <param name="Review">What reviewers said.</param>
/// <param name="ReviewReason">Why.</param>
/// <param name="Revision">The version in force.</param>
/// <param name="Answer">The answer in shown positions.</param>
/// <param name="SubmittedAt">When, in UTC.</param>
public sealed record OwnJudgment(
    Guid Id, Guid AssignmentId, TaskKind Kind, JudgmentStanding Standing, ReviewState Review, string? ReviewReason, int Revision, Answer Answer, DateTime SubmittedAt);
