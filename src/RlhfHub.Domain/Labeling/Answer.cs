using System.Text.Json.Serialization;

namespace RlhfHub.Domain.Labeling;

/// <summary>What a rater says. Replies are named by their places in the task (0, 1, ...), never by the order in which they were shown.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(DemonstrationAnswer), "demonstration")]
[JsonDerivedType(typeof(ComparisonAnswer), "comparison")]
[JsonDerivedType(typeof(RankingAnswer), "ranking")]
[JsonDerivedType(typeof(RatingAnswer), "rating")]
[JsonDerivedType(typeof(ClassificationAnswer), "classification")]
[JsonDerivedType(typeof(ChatAnswer), "chat")]
public abstract record Answer
{
    /// <summary>The kind of task that this answers.</summary>
    [JsonIgnore]
    public TaskKind Kind => this switch
    {
        DemonstrationAnswer => TaskKind.Demonstration,
        ComparisonAnswer => TaskKind.Comparison,
        RankingAnswer => TaskKind.Ranking,
        RatingAnswer => TaskKind.Rating,
        ClassificationAnswer => TaskKind.Classification,
        ChatAnswer => TaskKind.Chat,
        _ => throw new InvalidOperationException($"{GetType().Name} answers no kind of task."),
    };

    /// <summary>Why, in the rater's words.</summary>
    public string? Rationale { get; init; }

    /// <summary>The rater has seen the task and cannot judge it. It takes one of the task's places and goes into no data set.</summary>
    public bool CannotJudge { get; init; }
}

/// <summary>The ideal reply.</summary>
public sealed record DemonstrationAnswer : Answer
{
    /// <summary>The reply.</summary>
    public string Text { get; init; } = "";

    /// <summary>The place of the model's reply that the rater started from; null when written from nothing.</summary>
    public int? DraftPlace { get; init; }
}

/// <summary>Which of two replies is better.</summary>
public sealed record ComparisonAnswer : Answer
{
    /// <summary>The place of the better reply; null for a tie, for both bad, or when it cannot be judged.</summary>
    public int? Better { get; init; }

    /// <summary>How much better, 1 to the project's number of strengths; 0 where neither is better, or where an import does not say.</summary>
    public int Strength { get; init; }

    /// <summary>How much better in the unit of the source that it was imported from; null for answers given here.</summary>
    public double? Margin { get; init; }

    /// <summary>Neither reply is acceptable.</summary>
    public bool BothBad { get; init; }

    /// <summary>Answers to the project's further questions, by name: negative where reply 0 has more, positive where reply 1 has, 0 for a tie.</summary>
    public IReadOnlyDictionary<string, int> Aspects { get; init; } = new Dictionary<string, int>();

    /// <summary>A better reply that the rater offers.</summary>
    public string? BetterReply { get; init; }
}

/// <summary>Replies in order.</summary>
public sealed record RankingAnswer : Answer
{
    /// <summary>For each reply its rank, 1 for the best; equal ranks are ties. Ranks are dense: 1, 2, 2, 3.</summary>
    public IReadOnlyList<int> Ranks { get; init; } = [];
}

/// <summary>Points on Likert scales.</summary>
public sealed record RatingAnswer : Answer
{
    /// <summary>Points by the attribute's name, 1 for the lowest.</summary>
    public IReadOnlyDictionary<string, int> Points { get; init; } = new Dictionary<string, int>();

    /// <summary>Good or not, as an import says it; null for answers given here.</summary>
    public bool? Desired { get; init; }
}

/// <summary>Labels of the project's schema.</summary>
public sealed record ClassificationAnswer : Answer
{
    /// <summary>The labels' names.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];
}

/// <summary>A chat with the current model.</summary>
public sealed record ChatAnswer : Answer
{
    /// <summary>The turns, oldest first.</summary>
    public IReadOnlyList<ChatTurn> Turns { get; init; } = [];
}

/// <summary>One turn of a chat: what the rater said, what the model offered, and which offer went on.</summary>
/// <param name="Text">What the rater said.</param>
/// <param name="Replies">The replies offered, two of them, in the order in which they were generated.</param>
/// <param name="Chosen">The place of the chosen one.</param>
/// <param name="Strength">How much better it was, 1 to 3; 0 for a tie.</param>
/// <param name="ModelVersionIds">Who wrote the replies; null for a model that is no version here.</param>
public sealed record ChatTurn(string Text, IReadOnlyList<string> Replies, int Chosen, int Strength, IReadOnlyList<Guid?>? ModelVersionIds = null)
{
    /// <summary>The places of the replies in the order in which they were shown; null where an import does not say.</summary>
    public string? DisplayOrder { get; init; }
}
