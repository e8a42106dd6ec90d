using RlhfHub.Training.Simulation.Grammar;

namespace RlhfHub.Training.Simulation.Topics;

/// <summary>How are you, who are you, and thank you: what fits counts as right, what does not fit as wrong.</summary>
internal static class SmallTalk
{
    private static readonly Dictionary<string, string> Nothing = [];
    private static readonly Dictionary<string, IReadOnlyList<string>> Anything = [];

    public static TopicText Wellbeing { get; } = new()
    {
        Name = "wellbeing",
        Tone = Tone.Talk,
        Slots = new Dictionary<string, WordList> { ["state"] = WordList.Of("well, fine, good, great, very well, quite well, calm and rested") },
        Facts = [new Fact(Nothing, Anything)],
        Prompts =
        [
            "How are you[ today| this morning| this evening|]?", "[Hello|Hi], how are you?", "How do you feel[ today|]?", "Are you well[ today|]?",
            "How are you doing[ today|]?", "Tell me how you are.", "I would like to know how you are.", "Is everything well with you?",
            "Do you feel well today?",
            "I hope you are well.",
        ],
        HeldOutPrompts = ["Hi, how do you feel today?", "Hello, are you well today?", "I would like to know how you feel.", "Hello, how are you doing today?"],
        Answers =
        [
            "I am {state}[ today|].", "I feel {state}[ today|].", "I am {state}, and I hope you are too.", "I am doing well.",
            "I have nothing to complain about.", "All is well with me.",
        ],
        Unfitting =
        [
            "I was {state} until you [asked|came].", "You look [tired|old|pale].", "I am a [chair|potato|teapot].", "It is none of your business.",
            "I forgot to feed the cat.",
        ],
        About = "[my feelings|how I feel]",
    };

    public static TopicText AboutMe { get; } = new()
    {
        Name = "about me",
        Tone = Tone.Talk,
        Slots = new Dictionary<string, WordList>(),
        Facts = [new Fact(Nothing, Anything)],
        Prompts =
        [
            "Who are you?", "What are you?", "[Hello|Hi], who are you?", "What can you do?", "[Please tell|Tell] me who you are.",
            "[Please tell|Tell] me what you can do.",
            "Are you a [person|robot]?", "Do you know who you are?", "I would like to know who you are.", "Can you tell me something about yourself?",
            "Tell me about yourself.", "With whom am I talking?",
        ],
        HeldOutPrompts = ["Hello, what are you?", "Do you know what you are?", "I would like to know what you can do.", "Hi, tell me about yourself."],
        Answers =
        [
            "I am a [small|tiny|little] language model.", "I am a [small|little] program that likes to [talk|answer questions|tell stories].",
            "I am a model that [learns from people|answers simple questions].", "I can answer simple questions and tell tiny stories.",
            "I am no person, only a [small|tiny|little] model.",
        ],
        Unfitting =
        [
            "I am [the king|a famous singer|a bus driver|a fish|your neighbour].", "I can [fly|lift a car|eat ten cakes].", "You are a [person|robot].",
        ],
        About = "[myself|what I am]",
    };

    public static TopicText Thanks { get; } = new()
    {
        Name = "thanks",
        Tone = Tone.Talk,
        Slots = new Dictionary<string, WordList> { ["gift"] = WordList.Of("help, story, answer, advice, time, kindness, company, joke, song, good news") },
        Facts =
        [
            .. WordList.Of("help, story, answer, advice, time, kindness, company, joke, song, good news").All
                .Select(gift => new Fact(new Dictionary<string, string> { ["gift"] = gift }, Anything)),
        ],
        Prompts =
        [
            "Thank you[ very much|] for the {gift}.", "Thanks[ a lot|] for the {gift}!", "I want to thank you for the {gift}.",
            "I liked the {gift}, thank you.",
            "The {gift} was great, thank you!", "Many thanks for the {gift}.", "I am happy about the {gift}, thank you.", "Thank you, I needed the {gift}.",
            "I must thank you for the {gift}.", "That was nice, thank you for the {gift}.", "You were so kind, thanks for the {gift}.",
        ],
        HeldOutPrompts =
        [
            "I needed the {gift}, many thanks!", "The {gift} was nice, thanks a lot.", "I am so happy about the {gift}, thanks!",
            "You were kind, I liked the {gift}.",
        ],
        Answers =
        [
            "You are [very |]welcome, the {gift} was no trouble.", "I am glad that you liked the {gift}.", "The {gift} was my pleasure.",
            "It is good that the {gift} [was useful|made you happy].", "I would do the same again.", "The {gift} was for you.",
        ],
        Unfitting = ["The {gift} was not [meant |]for you.", "You have to pay for the {gift}.", "I want the {gift} back.", "I do not remember the {gift}."],
        About = "the {gift}",
    };
}
