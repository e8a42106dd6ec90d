using RlhfHub.Training.Simulation.Grammar;

namespace RlhfHub.Training.Simulation.Topics;

/// <summary>One thing to talk about: how it is asked, what is true, and how it is answered.</summary>
internal sealed class Topic
{
    private readonly Lazy<Dictionary<string, AnswerKey>> keysByAsked;

    public Topic(TopicText text)
    {
        Name = text.Name;
        Tone = text.Tone;
        Slots = text.Slots;
        Prompts = PhraseSet.Of(Slots, text.Prompts);
        HeldOutPrompts = PhraseSet.Of(Slots, text.HeldOutPrompts);
        FollowUps = PhraseSet.Of(Slots, text.FollowUps);
        HeldOutFollowUps = PhraseSet.Of(Slots, text.HeldOutFollowUps);
        Answers = PhraseSet.Of(Slots, text.Answers);
        Unfitting = PhraseSet.Of(Slots, text.Unfitting);
        Evasions = PhraseSet.Of(Slots, Evasion.About(text.About));
        Plots = [.. text.Plots.Select(plot => plot.Select(act => PhraseSet.Of(Slots, act)).ToArray())];
        Keys = [.. text.Facts.Where(fact => !fact.IsHeldOut).Select(fact => Key(fact))];
        // A topic whose facts stand alone has none to hold out: nobody can guess the colour of something never heard of.
        HeldOutKeys = text.Facts.Any(fact => fact.IsHeldOut) ? [.. text.Facts.Where(fact => fact.IsHeldOut).Select(fact => Key(fact))] : Keys;
        keysByAsked = new(() => Keys.Concat(HeldOutKeys).DistinctBy(key => Sorted(key.Asked)).ToDictionary(key => Sorted(key.Asked)));
        var answerSlots = Keys.SelectMany(key => key.Accepted.Keys).ToHashSet();
        Fallible = Answers.Where(phrase => phrase.Slots.Any(answerSlots.Contains));
    }

    public string Name { get; }

    public Tone Tone { get; }

    public IReadOnlyDictionary<string, WordList> Slots { get; }

    public PhraseSet Prompts { get; }

    public PhraseSet HeldOutPrompts { get; }

    /// <summary>Second questions that only the first one explains: "And the sky?".</summary>
    public PhraseSet FollowUps { get; }

    public PhraseSet HeldOutFollowUps { get; }

    public PhraseSet Answers { get; }

    /// <summary>Those answers that can be wrong: they name an answer's word.</summary>
    public PhraseSet Fallible { get; }

    /// <summary>Sentences that are never right.</summary>
    public PhraseSet Unfitting { get; }

    public PhraseSet Evasions { get; }

    /// <summary>For stories: the acts of each plot; a story takes one sentence an act.</summary>
    public IReadOnlyList<PhraseSet[]> Plots { get; }

    public IReadOnlyList<AnswerKey> Keys { get; }

    public IReadOnlyList<AnswerKey> HeldOutKeys { get; }

    public bool IsStory => Plots.Count > 0;

    public PhraseSet Wordings(bool followsUp, bool isHeldOut) => (followsUp, isHeldOut) switch
    {
        (false, false) => Prompts,
        (false, true) => HeldOutPrompts,
        (true, false) => FollowUps,
        (true, true) => HeldOutFollowUps,
    };

    /// <summary>The key as far as the prompt asks: a request that names no place leaves the place open.</summary>
    public AnswerKey Narrow(AnswerKey key, Phrase prompt) => key.Asked.Keys.All(prompt.Slots.Contains)
        ? key
        : key with
        {
            Asked = key.Asked.Where(asked => prompt.Slots.Contains(asked.Key)).ToDictionary(),
            Accepted = key.Accepted.Where(accepted => !key.Asked.ContainsKey(accepted.Key) || prompt.Slots.Contains(accepted.Key)).ToDictionary(),
        };

    /// <summary>The key of what a prompt asked; null if the topic knows no such thing.</summary>
    public AnswerKey? FindKey(IReadOnlyDictionary<string, string> asked) => IsStory
        ? Key(Stories.Fact(asked))
        : keysByAsked.Value.GetValueOrDefault(Sorted(asked));

    private AnswerKey Key(Fact fact) => new() { Topic = Name, Asked = fact.Asked, Accepted = fact.Accepted, Wrong = fact.Wrong };

    private static string Sorted(IReadOnlyDictionary<string, string> values) =>
        string.Join('|', values.OrderBy(value => value.Key, StringComparer.Ordinal).Select(value => $"{value.Key}={value.Value}"));
}
