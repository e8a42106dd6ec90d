using System.ComponentModel.DataAnnotations;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Labeling;

/// <summary>Which tasks are made of which prompts.</summary>
public sealed record TaskBatch
{
    /// <summary>What is asked.</summary>
    [EnumDataType(typeof(TaskKind))]
    public required TaskKind Kind { get; init; }

    /// <summary>What it is for.</summary>
    [EnumDataType(typeof(TaskPurpose))]
    public TaskPurpose Purpose { get; init; }

    /// <summary>The prompts; null for all that <see cref="Filter"/> lets through.</summary>
    [MaxLength(10_000)]
    public IReadOnlyList<Guid>? PromptIds { get; init; }

    /// <summary>Which prompts, when none are named.</summary>
    public PromptFilter Filter { get; init; } = new();

    /// <summary>How many counted judgments each task asks for; null for the project's overlap.</summary>
    [Range(1, 100)]
    public int? RequiredJudgments { get; init; }

    /// <summary>Added to the prompt's priority.</summary>
    [Range(-1000, 1000)]
    public int Priority { get; init; }

    /// <summary>How many replies a ranking shows.</summary>
    [Range(2, LabelingTask.MaxResponses)]
    public int RankedReplies { get; init; } = 4;

    /// <summary>How many prompts are taken at most.</summary>
    [Range(1, 1_000_000)]
    public int Limit { get; init; } = 1_000_000;

    /// <summary>The known answer, for gold tasks made of a single prompt.</summary>
    public Answer? ExpectedAnswer { get; init; }
}

/// <summary>What came of making tasks.</summary>
/// <param name="Created">Tasks made.</param>
/// <param name="TooFewReplies">Prompts that have too few different replies for this kind of task.</param>
/// <param name="AlreadyThere">Prompts that have the same task already.</param>
public sealed record TaskBatchResult(int Created, int TooFewReplies, int AlreadyThere);

/// <summary>Which tasks are asked for.</summary>
public sealed record TaskFilter
{
    /// <summary>Only this kind.</summary>
    [EnumDataType(typeof(TaskKind))]
    public TaskKind? Kind { get; init; }

    /// <summary>Only this purpose.</summary>
    [EnumDataType(typeof(TaskPurpose))]
    public TaskPurpose? Purpose { get; init; }

    /// <summary>Only those that wait for raters, or only the others.</summary>
    public bool? IsOpen { get; init; }

    /// <summary>Only those of this prompt.</summary>
    public Guid? PromptId { get; init; }
}

/// <summary>A task, for those who run the project.</summary>
/// <param name="Id">The task.</param>
/// <param name="PromptId">The prompt.</param>
/// <param name="Kind">What is asked.</param>
/// <param name="Purpose">What for.</param>
/// <param name="RequiredJudgments">How many judgments it asks for; 0 for gold.</param>
/// <param name="CountedJudgments">How many it has.</param>
/// <param name="LiveLeases">How many raters have it.</param>
/// <param name="IsOpen">Whether it waits for raters.</param>
/// <param name="IsWithdrawn">Whether an admin took it out.</param>
/// <param name="Priority">Higher comes first.</param>
/// <param name="CreatedAt">When it was made, in UTC.</param>
public sealed record TaskSummary(
    Guid Id, Guid PromptId, TaskKind Kind, TaskPurpose Purpose, int RequiredJudgments, int CountedJudgments, int LiveLeases, bool IsOpen, bool IsWithdrawn, int Priority, DateTime CreatedAt);

/// <summary>How many tasks a project has and how far they are.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Purpose">The purpose.</param>
/// <param name="Tasks">Tasks.</param>
/// <param name="Open">Those that wait for raters.</param>
/// <param name="Required">Judgments asked for.</param>
/// <param name="Counted">Judgments there.</param>
public sealed record TaskProgress(TaskKind Kind, TaskPurpose Purpose, int Tasks, int Open, int Required, int Counted);
