using RlhfHub.Training.Simulation.Grammar;

namespace RlhfHub.Training.Simulation.Topics;

/// <summary>Tiny stories about somebody, a place and an object. One in ten triples is held out.</summary>
internal static class Stories
{
    private static readonly WordList Heroes = WordList.Of(
        """
        fox, bear, rabbit, owl, mouse, cat, dog, frog, duck, squirrel, hedgehog, donkey, goat, boy, girl, king, queen, baker, sailor, farmer, wizard,
        painter, pirate, robot, giant, dragon
        """);

    private static readonly WordList Settings = WordList.Of(
        """
        forest:in, village:in, castle:in, garden:in, city:in, desert:in, valley:in, jungle:in, cave:in, sea:by, river:by, lake:by, road:by, harbour:by, hill:on,
        island:on, mountain:on, farm:on, beach:on, bridge:under
        """);

    private static readonly WordList Objects = WordList.Of(
        """
        key, hat, map, ball, ring, book, lamp, drum, kite, boat, bell, box, coin, cup, crown, feather, flute, mirror, shell, basket, letter, clock, cake,
        blanket
        """);

    public static TopicText Text { get; } = new()
    {
        Name = "stories",
        Tone = Tone.Story,
        Slots = new Dictionary<string, WordList>
        {
            ["hero"] = Heroes,
            ["setting"] = Settings,
            ["object"] = Objects,
            ["friend"] = WordList.Of("bird, snail, neighbour, child, turtle, butterfly, old man, old woman"),
            ["mood"] = WordList.Of("happy, glad, proud, curious, surprised"),
        },
        Facts =
        [
            .. from hero in Heroes.All
               from setting in Settings.All
               from thing in Objects.All
               select Fact(new Dictionary<string, string> { ["hero"] = hero, ["setting"] = setting, ["object"] = thing })
               with
               { IsHeldOut = (Heroes.All.IndexOf(hero) * 7 + Settings.All.IndexOf(setting) * 3 + Objects.All.IndexOf(thing)) % 10 == 0 },
        ],
        Prompts =
        [
            "[Please tell|Tell] me a [tiny|short] story about {a hero} {where setting} and {a object}.",
            "Tell me a story about {a hero}, {a setting} and {a object}.",
            "I would like to hear a story about {a hero} and {a object}.", "Do you know a story about {a hero} {where setting}?",
            "[Can|Could] you tell me a story about {a hero} and {a object}?", "Please write a [tiny|short] story about {a hero} {where setting}.",
            "My [son|daughter] wants a story about {a hero} and {a object}.", "Write a story with {a hero}, {a setting} and {a object}.",
            "Make up a [tiny|short] story about {a hero} who has {a object}.", "Tell me what {a hero} did {where setting}.",
            "I need a story about {a hero} {where setting} with {a object}.", "A story about {a hero} and {a object}, please.",
        ],
        HeldOutPrompts =
        [
            "Please make up a story about {a hero}, {a setting} and {a object}.", "Could you write a story about {a hero} {where setting}?",
            "I want to hear a short story about {a hero} and {a object}.", "Do you know a tiny story with {a hero}, {a setting} and {a object}?",
        ],
        Plots = [Plot(Finding), Plot(Losing), Plot(Wishing)],
        About = "stories with {a hero}",
    };

    private static string[] Beginnings =>
    [
        "[Once upon a time|Once] there was {a hero} who lived {where setting}.", "{a hero} lived {where setting}.",
        "There [once |]was {a hero} {where setting}.",
        "Long ago {a hero} lived [all alone |]{where setting}.", "{a hero} had a [small|little] house {where setting}.",
    ];

    private static string[] Moods =>
    [
        "{the hero} was very {mood}.", "{a friend} came by and said hello.", "It rained, but {the hero} did not mind.",
        "The sun was shining and the birds were singing.",
    ];

    private static string[][] Finding =>
    [
        [
            "[One day|One morning|One evening] {the hero} found {a object}[ under a tree| behind a stone|].",
            "{the hero} saw {a object} on the ground[ and picked it up|].",
        ],
        ["{the hero} looked at it for a long time.", "Nobody knew where the {object} came from.", "The {object} was [old and beautiful|small and bright]."],
        [
            "{the hero} kept the {object} [forever|in a safe place].", "In the end {the hero} gave the {object} to {a friend}.",
            "That night {the hero} slept well.", "Then {the hero} went home and had a cup of tea.", "{the hero} told everybody about the {object}.",
            "From that day on {the hero} was never sad again.",
        ],
    ];

    private static string[][] Losing =>
    [
        ["[One day|One morning|One evening] {the hero} lost {a object}.", "[One day|One morning|One evening] {the hero} could not find the {object}."],
        ["{the hero} looked for it everywhere.", "{a friend} helped to look for it.", "{the hero} asked {a friend}, but nobody knew where it was."],
        [
            "In the end the {object} was [under the bed|behind the door|in an old box].", "At last {the hero} found the {object} again.",
            "At last {a friend} brought the {object} back.", "In the end {the hero} made a new {object}.",
        ],
    ];

    private static string[][] Wishing =>
    [
        ["{the hero} wanted {a object} more than anything.", "All {the hero} wished for was {a object}."],
        ["{the hero} worked hard all [summer|winter].", "{the hero} waited for a long time.", "{a friend} heard about it."],
        ["[One day|At last] {a friend} [gave|brought] {the hero} {a object}.", "In the end {the hero} [made|bought] {a object}."],
    ];

    public static Fact Fact(IReadOnlyDictionary<string, string> asked) => new(
        asked, asked.Where(slot => slot.Key != "hero").ToDictionary(slot => slot.Key, slot => (IReadOnlyList<string>)[slot.Value]));

    private static string[][] Plot(string[][] acts) => [Beginnings, acts[0], [.. acts[1], .. Moods], acts[2]];
}
