using RlhfHub.Training.Simulation.Grammar;
using RlhfHub.Training.Simulation.Topics;
using RlhfHub.Training.Tokenization.Templates;

namespace RlhfHub.Training.Simulation;

/// <summary>
/// A little world to talk about: simple questions, small talk and tiny stories in about 900 words. Everything said in it can be judged, because one grammar
/// writes and reads it. Wordings of prompts are divided into training and held-out ones, and so are facts that follow from others (sums, sizes, stories).
/// </summary>
public static class SmallWorld
{
    private const double StoryShare = 0.15;
    private const double FollowUpShare = 0.08;
    private const double LaterTurnShare = 0.07;
    private const double CarelessShare = 0.08;

    internal static IReadOnlyList<Topic> Topics { get; } =
    [
        .. new[]
        {
            Colours.Text, AnimalSounds.Text, Opposites.Text, Numbers.Text, Orders.Days, Orders.Months, Orders.Counting, Parts.Text, Places.Text, Tools.Text,
            Sizes.Text, Jobs.Text, Greetings.Greeting, Greetings.Introduction, Greetings.Farewell, SmallTalk.Wellbeing, SmallTalk.AboutMe, SmallTalk.Thanks,
            Advice.Feelings, Advice.Weather, Stories.Text,
        }.Select(text => new Topic(text)),
    ];

    private static readonly Dictionary<string, Topic> TopicsByName = Topics.ToDictionary(topic => topic.Name);
    private static readonly Topic[] AnswerTopics = [.. Topics.Where(topic => !topic.IsStory)];
    private static readonly Topic[] StoryTopics = [.. Topics.Where(topic => topic.IsStory)];
    private static readonly PhraseIndex<(Topic Topic, bool IsFollowUp, bool IsHeldOut)> PromptIndex = IndexPrompts();

    /// <summary>What one can talk about.</summary>
    public static IReadOnlyList<string> TopicNames { get; } = [.. Topics.Select(topic => topic.Name)];

    /// <summary>The prompt with this number in a seed's series, worded as in training.</summary>
    /// <param name="seed">The series.</param>
    /// <param name="index">The position in it.</param>
    public static SimulatedPrompt TrainingPrompt(long seed, long index) => Draw(Dice.For(seed, index), isHeldOut: false, ReplyStyle.Ideal);

    /// <summary>The prompt with this number in a seed's series, worded as training never words it.</summary>
    /// <param name="seed">The series.</param>
    /// <param name="index">The position in it.</param>
    public static SimulatedPrompt HeldOutPrompt(long seed, long index) => Draw(Dice.For(seed, index), isHeldOut: true, ReplyStyle.Ideal);

    /// <summary>Finds out what a conversation asks, by its wording; null if the small world has no such question.</summary>
    /// <param name="messages">The turns; the last is the user's.</param>
    public static SimulatedPrompt? Recognize(IReadOnlyList<ChatMessage> messages)
    {
        if (messages is not [.., { Role: "user", Content: { } last }]) return null;
        var readings = PromptIndex.Match(Words.Of(last));
        var topic = messages.Count > 2 && readings.Any(reading => reading.Meaning.IsFollowUp) ? Recognize([messages[^3]])?.Key.Topic : null;
        foreach (var ((candidate, isFollowUp, isHeldOut), asked) in readings)
        {
            if (isFollowUp && candidate.Name != topic) continue;
            if (candidate.FindKey(asked) is { } key) return new SimulatedPrompt(messages, key, isHeldOut);
        }
        return null;
    }

    internal static Topic TopicOf(AnswerKey key) => TopicsByName[key.Topic];

    /// <summary>A prompt, sometimes after an earlier turn, whose reply is drawn in the given style.</summary>
    internal static SimulatedPrompt Draw(Dice dice, bool isHeldOut, ReplyStyle earlierStyle)
    {
        var topic = DrawTopic(dice);
        var followsUp = dice.Chance(FollowUpShare) && !topic.FollowUps.IsEmpty;
        var (last, key) = Ask(topic, followsUp, isHeldOut, dice);
        if (!followsUp && !dice.Chance(LaterTurnShare)) return new SimulatedPrompt([new("user", last)], key, isHeldOut);
        var earlierTopic = followsUp ? topic : DrawTopic(dice);
        var (first, earlierKey) = Ask(earlierTopic, followsUp: false, isHeldOut, dice);
        var reply = ReplyWriter.Write(earlierKey, earlierStyle, dice);
        return new SimulatedPrompt([new("user", first), new("assistant", reply), new("user", last)], key, isHeldOut);
    }

    private static Topic DrawTopic(Dice dice) => dice.Chance(StoryShare) ? dice.Pick(StoryTopics) : dice.Pick(AnswerTopics);

    private static (string Text, AnswerKey Key) Ask(Topic topic, bool followsUp, bool isHeldOut, Dice dice)
    {
        var phrase = topic.Wordings(followsUp, isHeldOut).Pick(dice);
        var key = dice.Pick(isHeldOut ? topic.HeldOutKeys : topic.Keys);
        var text = phrase.Write(key.Asked, dice);
        // Some people write without capitals and full stops.
        return (dice.Chance(CarelessShare) ? text.ToLowerInvariant().TrimEnd('.', '!', '?') : text, topic.Narrow(key, phrase));
    }

    private static PhraseIndex<(Topic, bool, bool)> IndexPrompts()
    {
        var index = new PhraseIndex<(Topic, bool, bool)>();
        foreach (var topic in Topics)
            foreach (var (isFollowUp, isHeldOut) in new[] { (false, false), (false, true), (true, false), (true, true) })
                foreach (var phrase in topic.Wordings(isFollowUp, isHeldOut).All) index.Add(phrase, (topic, isFollowUp, isHeldOut));
        return index;
    }
}
