namespace RlhfHub.Training.Simulation;

/// <summary>What a prompt asks and which answers are right.</summary>
public sealed record AnswerKey
{
    /// <summary>Name of the topic, as in <see cref="SmallWorld.TopicNames"/>.</summary>
    public required string Topic { get; init; }

    /// <summary>What the prompt names, by slot: <c>thing = sun</c>.</summary>
    public required IReadOnlyDictionary<string, string> Asked { get; init; }

    /// <summary>The right words, by slot: <c>colour = yellow</c>. Empty where any answer of the topic fits, as to "How are you?".</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Accepted { get; init; }

    /// <summary>The wrong words that are still an answer; a slot that is not listed allows every other word of its list.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Wrong { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
}
