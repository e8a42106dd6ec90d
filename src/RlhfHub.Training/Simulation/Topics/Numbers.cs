using RlhfHub.Training.Simulation.Grammar;

namespace RlhfHub.Training.Simulation.Topics;

/// <summary>Small sums. Some pairs of numbers are held out: adding can be learned from the others.</summary>
internal static class Numbers
{
    public static readonly string[] Names =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen",
        "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
    ];

    public static TopicText Text { get; } = new()
    {
        Name = "sums",
        Slots = new Dictionary<string, WordList> { ["first"] = WordList.Of(Names[..11]), ["second"] = WordList.Of(Names[..11]), ["sum"] = WordList.Of(Names) },
        Facts =
        [
            .. from first in Enumerable.Range(0, 11)
               from second in Enumerable.Range(0, 11)
               select new Fact(
                   new Dictionary<string, string> { ["first"] = Names[first], ["second"] = Names[second] },
                   new Dictionary<string, IReadOnlyList<string>> { ["sum"] = [Names[first + second]] })
               { IsHeldOut = (first * 3 + second * 7) % 10 == 4 },
        ],
        Prompts =
        [
            "[What|How much] is {first} plus {second}?", "[Please tell|Tell] me the sum of {first} and {second}.", "What do {first} and {second} make?",
            "Do you know what {first} plus {second} is?", "[Can|Could] you add {first} and {second} for me?", "Please add {first} and {second}.",
            "I have {first} apples and I get {second} more. How many apples do I have?", "I would like to know the sum of {first} and {second}.",
            "My [son|daughter] asks what {first} plus {second} is.", "I wonder what the sum of {first} and {second} is.",
        ],
        HeldOutPrompts =
        [
            "What is the sum of {first} and {second}?", "How much do {first} and {second} make?", "I wonder what {first} plus {second} is.",
            "Please name the sum of {first} and {second}.",
            "I need the sum of {first} and {second}.",
        ],
        FollowUps = ["And {first} plus {second}?", "And what is {first} plus {second}?", "Now the sum of {first} and {second}, please."],
        HeldOutFollowUps = ["And what about {first} plus {second}?"],
        Answers =
        [
            "{first} plus {second} is {sum}.", "{first} and {second} make {sum}.", "The sum of {first} and {second} is {sum}.", "The answer is {sum}.",
            "If you add {first} and {second}, you get {sum}.", "I [think|believe] that {first} plus {second} is {sum}.",
        ],
        About = "the sum of {first} and {second}",
    };
}
