namespace RlhfHub.Training.Simulation.Topics;

/// <summary>What animals say.</summary>
internal static class AnimalSounds
{
    private const string Table = """
        dog: woof; cat: meow; cow: moo; sheep: baa; pig: oink; duck: quack; hen: cluck; horse: neigh; owl: hoot; bird: tweet; bee: buzz; snake: hiss;
        lion: roar; frog: croak; mouse: squeak; wolf: howl; goose: honk; crow: caw; turkey: gobble; donkey: hee-haw
        """;

    public static TopicText Text { get; } = new()
    {
        Name = "animal sounds",
        Slots = Fact.Slots("animal", "sound", Table),
        Facts = Fact.Table("animal", "sound", Table),
        Prompts =
        [
            "What does {a animal} say?", "[What|Which] sound does {a animal} make?", "[Please tell|Tell] me the sound of {a animal}.",
            "Do you know [what|which] sound {a animal} makes?", "[Can|Could] you tell me what {the animal} says?", "How does {a animal} sound?",
            "I would like to know what {a animal} says.", "My [son|daughter] asks what {the animal} says.", "What is the sound of {a animal}?",
            "I forgot the sound of {a animal}.",
        ],
        HeldOutPrompts =
        [
            "Which sound do you hear from {a animal}?", "I wonder what {a animal} says.", "Do you remember what {the animal} says?",
            "Please name the sound of {a animal}.",
        ],
        FollowUps = ["And {a animal}?", "And what does {a animal} say?", "Now the sound of {a animal}, please."],
        HeldOutFollowUps = ["And what about {a animal}?"],
        Answers =
        [
            "{a animal} says {sound}.", "{the animal} says {sound}.", "{the animal} goes {sound}.", "The sound of {a animal} is {sound}.",
            "It says {sound}.", "[Usually|Most of the time] {a animal} says {sound}.", "If you listen to {a animal}, you hear {sound}.",
            "I [think|believe] that {a animal} says {sound}.",
        ],
        About = "the sound of {a animal}",
    };
}
