using RlhfHub.Training.Simulation.Grammar;

namespace RlhfHub.Training.Simulation.Topics;

/// <summary>How many legs, wheels or fingers something has.</summary>
internal static class Parts
{
    private const string Table = """
        dog legs four; cat legs four; horse legs four; cow legs four; table legs four; chair legs four; hen legs two; duck legs two; bird legs two;
        boy legs two;
        ant legs six; bee legs six; spider legs eight; snake legs zero; fish legs zero; worm legs zero; car wheels four; bus wheels four; bicycle wheels two;
        tricycle wheels three; boat wheels zero; cart wheels two; bird wings two; bee wings four; plane wings two; cow wings zero; hand fingers five;
        foot toes five; spider eyes eight; girl eyes two; fish eyes two; cow horns two; goat horns two; elephant ears two; snail legs zero
        """;

    private static readonly string[][] Rows = [.. Table.Split(';', StringSplitOptions.TrimEntries).Select(row => row.Split(' '))];

    public static TopicText Text { get; } = new()
    {
        Name = "parts",
        Slots = new Dictionary<string, WordList>
        {
            ["owner"] = WordList.Of(Rows.Select(row => row[0]).Distinct()),
            ["part"] = WordList.Of(Rows.Select(row => row[1]).Distinct()),
            ["count"] = WordList.Of(Numbers.Names[..11]),
        },
        Facts =
        [
            .. Rows.Select(row => new Fact(
                new Dictionary<string, string> { ["owner"] = row[0], ["part"] = row[1] },
                new Dictionary<string, IReadOnlyList<string>> { ["count"] = [row[2]] })),
        ],
        Prompts =
        [
            "How many {part} does {a owner} have?", "[Please tell|Tell] me how many {part} {a owner} has.", "Do you know how many {part} {a owner} has?",
            "[Can|Could] you tell me how many {part} {a owner} has?", "What is the number of {part} of {a owner}?",
            "I would like to know how many {part} {a owner} has.", "I forgot how many {part} {a owner} has.", "Please count the {part} of {a owner}.",
            "My [son|daughter] asks how many {part} {a owner} has.", "Does {a owner} have {part}, and how many?",
        ],
        HeldOutPrompts =
        [
            "How many {part} would you count on {a owner}?", "I wonder how many {part} {a owner} has.", "Do you remember how many {part} {a owner} has?",
            "Please name the number of {part} of {a owner}.",
        ],
        FollowUps = ["And how many {part} does {a owner} have?", "Now the {part} of {a owner}, please."],
        HeldOutFollowUps = ["And what about the {part} of {a owner}?"],
        Answers =
        [
            "{a owner} has {count} {part}.", "The number of {part} of {a owner} is {count}.", "You can count {count} {part} on {a owner}.",
            "I [think|believe] that {a owner} has {count} {part}.", "[Usually|Most of the time] {a owner} has {count} {part}.",
            "The number of {part} is {count}.",
        ],
        About = "the {part} of {a owner}",
    };
}
