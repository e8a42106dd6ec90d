namespace RlhfHub.Training.Simulation.Topics;

/// <summary>Words and their opposites, both ways.</summary>
internal static class Opposites
{
    private const string Pairs = """
        big: small; hot: cold; fast: slow; happy: sad; open: closed; full: empty; wet: dry; hard: soft; long: short; loud: quiet; clean: dirty; rich: poor;
        strong: weak; thick: thin; high: low; early: late; near: far; good: bad; sweet: sour; bright: dark; young: old; right: wrong; deep: shallow;
        wide: narrow; tame: wild; cheap: expensive; easy: difficult; true: false; awake: asleep; first: last
        """;

    private static readonly string Table = Pairs + ";" + string.Join(';', Pairs.Split(';').Select(pair => string.Join(':', pair.Split(':').Reverse())));

    public static TopicText Text { get; } = new()
    {
        Name = "opposites",
        Slots = Fact.Slots("word", "opposite", Table),
        Facts = Fact.Table("word", "opposite", Table),
        Prompts =
        [
            "What is the opposite of {word}?", "[Please tell|Tell] me the opposite of {word}.", "Do you know the opposite of {word}?",
            "[Can|Could] you tell me the opposite of {word}?", "Which word is the opposite of {word}?", "I would like to know the opposite of {word}.",
            "I forgot the opposite of {word}.", "Please name the opposite of {word}.", "My [son|daughter] asks for the opposite of {word}.",
            "If something is not {word}, what is it?",
        ],
        HeldOutPrompts =
        [
            "I need the opposite of {word}.", "What do you call the opposite of {word}?", "Say the opposite of {word}.",
            "I wonder what the opposite of {word} is.",
        ],
        FollowUps = ["And the opposite of {word}?", "And what is the opposite of {word}?", "Now the opposite of {word}, please."],
        HeldOutFollowUps = ["And what about the opposite of {word}?"],
        Answers =
        [
            "The opposite of {word} is {opposite}.", "The word for that is {opposite}.", "{word} and {opposite} are opposites.",
            "If something is not {word}, it is {opposite}.", "What is not {word} is {opposite}.",
            "I [think|believe] that the opposite of {word} is {opposite}.", "People say {opposite} if they mean the opposite of {word}.",
        ],
        About = "the opposite of {word}",
    };
}
