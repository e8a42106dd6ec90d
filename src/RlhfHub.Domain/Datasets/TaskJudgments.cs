using RlhfHub.Domain.Datasets.Imports;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Datasets;

/// <summary>A task with the answers that a snapshot takes of it.</summary>
internal sealed record TaskJudgments
{
    public required Guid TaskId { get; init; }

    public required TaskKind Kind { get; init; }

    public required Guid PromptId { get; init; }

    public required ValueList<Message> Messages { get; init; }

    public required Split Split { get; init; }

    public required ValueList<string> Tags { get; init; }

    public required string Source { get; init; }

    /// <summary>The record of an import that the task was made of; null for a task made here.</summary>
    public required ImportedRecord? SourceRecord { get; init; }

    /// <summary>The replies by place.</summary>
    public required IReadOnlyList<Reply> Replies { get; init; }

    public required IReadOnlyList<WeightedAnswer> Answers { get; init; }
}

/// <summary>An answer and how much it weighs.</summary>
internal sealed record WeightedAnswer(Guid JudgmentId, Answer Answer, double Weight);
