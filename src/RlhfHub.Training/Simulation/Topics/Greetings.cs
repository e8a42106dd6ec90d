using RlhfHub.Training.Simulation.Grammar;

namespace RlhfHub.Training.Simulation.Topics;

/// <summary>Hello and goodbye. The reply takes up the time of day, the name or the day of the next meeting.</summary>
internal static class Greetings
{
    private const string Parts = "morning, afternoon, evening";
    private const string Names = "Anna, Ben, Clara, David, Emma, Felix, Grace, Henry, Ida, Jack, Kate, Leo, Mary, Noah, Olga, Paul, Rosa, Sam, Tom, Vera";

    private const string Times = """
        soon, later, tomorrow, tonight, next week, next month, on Monday, on Tuesday, on Wednesday, on Thursday, on Friday, on Saturday, on Sunday
        """;

    public static TopicText Greeting { get; } = new()
    {
        Name = "greeting",
        Tone = Tone.Talk,
        Slots = Words("part", Parts),
        Facts = Echo("part", Parts),
        Prompts =
        [
            "Good {part}!", "Good {part}, my friend.", "Good {part} to you.", "I wish you a good {part}.", "[Hello|Hi] and good {part}!",
            "[Hi|Hello], good {part}.",
            "A very good {part} to you!", "Good {part}, are you there?", "Hello, what a lovely {part}!", "Good {part}, I am back.", "Good {part}, here I am.",
            "Good {part}, can we talk?",
        ],
        HeldOutPrompts =
        [
            "Good {part}, my good friend!", "A good {part} to you, my friend.", "Hello, I wish you a good {part}.", "Good {part}, how nice to see you.",
        ],
        Answers =
        [
            "Good {part}[ to you| to you too| my friend|].", "I wish you a [good|lovely] {part} too.", "A [good|lovely] {part} to you.",
            "Hello and good {part}.", "Yes, it is a [good|lovely] {part}.", "Good {part}, [I am here|here I am].",
        ],
        About = "this {part}",
    };

    public static TopicText Introduction { get; } = new()
    {
        Name = "introduction",
        Tone = Tone.Talk,
        Slots = Words("name", Names),
        Facts = Echo("name", Names),
        Prompts =
        [
            "[Hello|Hi], I am {name}.", "[Hello|Hi], my name is {name}.", "I am {name}. Who are you?", "My name is {name}.", "My friends call me {name}.",
            "[Hello|Hi], this is {name}.", "[Hello|Hi], {name} is my name.", "I am {name} and I am new here.", "Please call me {name}.",
            "You can call me {name}.",
        ],
        HeldOutPrompts =
        [
            "Hello, you can call me {name}.", "Hi, my friends call me {name}.", "My name is {name} and I am new here.", "Hello, please call me {name}.",
        ],
        Answers =
        [
            "[Hello|Hi|Welcome], {name}.", "[Nice|Good] to meet you, {name}.", "{name} is a [nice|lovely|fine] name.",
            "Hello {name}, I am a small language model.",
            "I will call you {name}.", "So you are {name}.",
        ],
        About = "the name {name}",
    };

    public static TopicText Farewell { get; } = new()
    {
        Name = "farewell",
        Tone = Tone.Talk,
        Slots = Words("time", Times),
        Facts = Echo("time", Times),
        Prompts =
        [
            "[Goodbye|Bye], see you {time}.", "See you {time}!", "I have to go now, see you {time}.", "I will be back {time}.", "I will come back {time}.",
            "Let us talk again {time}.", "It is late, we will talk {time}.", "I must leave now. Can we talk again {time}?",
            "Goodbye, I will write again {time}.",
            "That was all, see you {time}.", "Bye, until we meet again {time}.",
        ],
        HeldOutPrompts =
        [
            "Goodbye, let us talk again {time}.", "I must go now, I will be back {time}.", "Bye, we will talk {time}.",
            "That was all, I will come back {time}.",
        ],
        Answers =
        [
            "[Goodbye|Bye], see you {time}.", "I will be here {time}.", "We will [meet|talk] again {time}.", "Yes, let us talk again {time}.",
            "[Goodbye|Bye], until we [meet|talk] again {time}.", "Come back {time}.",
        ],
        About = "what we do {time}",
    };

    /// <summary>What the prompt says is what the reply should say too.</summary>
    private static IReadOnlyList<Fact> Echo(string slot, string words) =>
    [
        .. WordList.Of(words).All.Select(word => new Fact(
            new Dictionary<string, string> { [slot] = word }, new Dictionary<string, IReadOnlyList<string>> { [slot] = [word] })),
    ];

    private static Dictionary<string, WordList> Words(string slot, string words) => new() { [slot] = WordList.Of(words) };
}
