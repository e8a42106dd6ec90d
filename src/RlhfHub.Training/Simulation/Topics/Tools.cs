namespace RlhfHub.Training.Simulation.Topics;

/// <summary>What people do with tools.</summary>
internal static class Tools
{
    private const string Table = """
        hammer: hit nails; saw: cut wood; knife: cut bread; spoon: eat soup; pen: write letters; brush: paint pictures; broom: sweep the floor;
        needle: sew clothes; key: open doors; comb: tidy long hair; spade: dig holes; rake: gather leaves; ladder: climb up high; rope: tie a boat;
        oven: bake cakes; kettle: boil water; lamp: light a room; clock: tell the time; umbrella: stay dry; phone: call friends; camera: take photos;
        bucket: carry water; ruler: draw straight lines; towel: dry wet hands; map: find the way; telescope: watch the stars; drum: make music
        """;

    public static TopicText Text { get; } = new()
    {
        Name = "tools",
        Slots = Fact.Slots("tool", "use", Table),
        Facts = Fact.Table("tool", "use", Table),
        Prompts =
        [
            "What do people do with {a tool}?", "What is {a tool} for?", "What can I do with {a tool}?", "[Please tell|Tell] me what {a tool} is for.",
            "Do you know what people do with {a tool}?", "[Can|Could] you tell me what {a tool} is for?", "I would like to know what {a tool} is for.",
            "Why do people use {a tool}?", "Do you remember what {a tool} is for?", "I found {a tool}. What can I do with it?",
            "My [son|daughter] asks what {a tool} is for.",
        ],
        HeldOutPrompts =
        [
            "What would you do with {a tool}?", "I wonder what {a tool} is for.", "What do people use {a tool} for?", "Please say what {a tool} is for.",
        ],
        FollowUps = ["And {a tool}?", "And what is {a tool} for?", "And what do people do with {a tool}?"],
        HeldOutFollowUps = ["And what about {a tool}?"],
        Answers =
        [
            "People use {a tool} to {use}.", "You can {use} with {a tool}.", "{a tool} helps you to {use}.", "With {a tool} you can {use}.",
            "If you want to {use}, you need {a tool}.", "I [think|believe] that people use {a tool} to {use}.", "It helps people to {use}.",
        ],
        About = "the use of {a tool}",
    };
}
