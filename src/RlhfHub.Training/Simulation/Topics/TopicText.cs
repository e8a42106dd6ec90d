using RlhfHub.Training.Simulation.Grammar;

namespace RlhfHub.Training.Simulation.Topics;

/// <summary>A topic as it is written down; <c>[a|b]</c> is a choice and <c>{the thing}</c> a slot.</summary>
internal sealed record TopicText
{
    public required string Name { get; init; }

    public Tone Tone { get; init; } = Tone.Question;

    public required IReadOnlyDictionary<string, WordList> Slots { get; init; }

    public required IReadOnlyList<Fact> Facts { get; init; }

    public required string[] Prompts { get; init; }

    /// <summary>Prompts that training never sees.</summary>
    public required string[] HeldOutPrompts { get; init; }

    public string[] FollowUps { get; init; } = [];

    public string[] HeldOutFollowUps { get; init; } = [];

    public string[] Answers { get; init; } = [];

    public string[] Unfitting { get; init; } = [];

    /// <summary>The topic as a noun phrase: "the colour of {the thing}".</summary>
    public required string About { get; init; }

    public string[][][] Plots { get; init; } = [];
}

/// <summary>How one talks about a topic: which courtesies and asides go with it.</summary>
internal enum Tone
{
    Question,
    Talk,
    Story,
}
