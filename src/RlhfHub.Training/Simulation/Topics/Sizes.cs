using RlhfHub.Training.Simulation.Grammar;

namespace RlhfHub.Training.Simulation.Topics;

/// <summary>Which of two animals is bigger or smaller. Some pairs are held out: the order can be learned from the others.</summary>
internal static class Sizes
{
    private static readonly string[] FromSmallToBig =
        ["ant", "bee", "snail", "mouse", "frog", "hen", "cat", "fox", "dog", "sheep", "pig", "lion", "horse", "elephant", "whale"];

    public static TopicText Text { get; } = new()
    {
        Name = "sizes",
        Slots = new Dictionary<string, WordList>
        {
            ["size"] = WordList.Of("bigger, smaller"),
            ["first"] = WordList.Of(FromSmallToBig),
            ["second"] = WordList.Of(FromSmallToBig),
            ["winner"] = WordList.Of(FromSmallToBig),
            ["loser"] = WordList.Of(FromSmallToBig),
        },
        Facts =
        [
            .. from first in Enumerable.Range(0, FromSmallToBig.Length)
               from second in Enumerable.Range(0, FromSmallToBig.Length)
               where first != second
               from size in new[] { "bigger", "smaller" }
               select Compare(size, first, second),
        ],
        Prompts =
        [
            "[Which|What] is {size}, {a first} or {a second}?", "[Please tell|Tell] me which is {size}, {a first} or {a second}.",
            "Do you know if {a first} or {a second} is {size}?", "[Can|Could] you tell me which is {size}, {a first} or {a second}?",
            "I would like to know if {a first} or {a second} is {size}.", "Which of the two is {size}, {the first} or {the second}?",
            "Is {a first} {size} than {a second}, or is {a second} {size}?", "I see {a first} and {a second}. Which is {size}?",
            "My [son|daughter] asks if {a first} or {a second} is {size}.",
        ],
        HeldOutPrompts =
        [
            "{a first} or {a second}, which is {size}?", "I wonder which is {size}, {a first} or {a second}.",
            "Do you remember if {a first} or {a second} is {size}?", "Please name the {size} of the two, {a first} or {a second}.",
        ],
        Answers =
        [
            "{a winner} is {size} than {a loser}.", "{the winner} is {size} than {the loser}.", "The {size} of the two is {the winner}, not {the loser}.",
            "I [think|believe] that {a winner} is {size} than {a loser}.", "Next to {a loser}, {a winner} is {size}.",
            "You can see that {the winner} is {size} than {the loser}.",
        ],
        About = "the size of {a first} and {a second}",
    };

    private static Fact Compare(string size, int first, int second)
    {
        var (small, big) = (FromSmallToBig[Math.Min(first, second)], FromSmallToBig[Math.Max(first, second)]);
        var (winner, loser) = size == "bigger" ? (big, small) : (small, big);
        return new Fact(
            new Dictionary<string, string> { ["size"] = size, ["first"] = FromSmallToBig[first], ["second"] = FromSmallToBig[second] },
            new Dictionary<string, IReadOnlyList<string>> { ["winner"] = [winner], ["loser"] = [loser] })
        {
            Wrong = new Dictionary<string, IReadOnlyList<string>> { ["winner"] = [loser], ["loser"] = [winner] },
            IsHeldOut = (Math.Min(first, second) * 3 + Math.Max(first, second) * 5) % 9 == 2,
        };
    }
}
