using RlhfHub.Training.Simulation.Grammar;

namespace RlhfHub.Training.Simulation.Topics;

/// <summary>What comes before and after: days, months, numbers.</summary>
internal static class Orders
{
    public static TopicText Days { get; } = Of("days", "day", ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"], isRound: true);

    public static TopicText Months { get; } = Of("months", "month",
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"], isRound: true);

    public static TopicText Counting { get; } = Of("counting", "number", Numbers.Names, isRound: false);

    private static TopicText Of(string name, string noun, string[] items, bool isRound) => new()
    {
        Name = name,
        Slots = new Dictionary<string, WordList> { ["side"] = WordList.Of("after, before"), ["item"] = WordList.Of(items), ["neighbour"] = WordList.Of(items) },
        Facts =
        [
            .. from i in Enumerable.Range(0, items.Length)
               from step in new[] { 1, -1 }
               where isRound || (i + step >= 0 && i + step < items.Length)
               select new Fact(
                   new Dictionary<string, string> { ["side"] = step > 0 ? "after" : "before", ["item"] = items[i] },
                   new Dictionary<string, IReadOnlyList<string>> { ["neighbour"] = [items[(i + step + items.Length) % items.Length]] }),
        ],
        Prompts =
        [
            $"[What|Which] {noun} comes {{side}} {{item}}?", $"What is the {noun} {{side}} {{item}}?",
            $"[Please tell|Tell] me which {noun} comes {{side}} {{item}}.",
            $"Do you know the {noun} {{side}} {{item}}?", $"[Can|Could] you tell me the {noun} {{side}} {{item}}?",
            $"I would like to know which {noun} comes {{side}} {{item}}.", $"I wonder which {noun} comes {{side}} {{item}}.",
            $"Please name the {noun} {{side}} {{item}}.", $"My [son|daughter] asks which {noun} comes {{side}} {{item}}.",
        ],
        HeldOutPrompts =
        [
            $"I forgot which {noun} comes {{side}} {{item}}.", $"Do you remember the {noun} {{side}} {{item}}?", $"Which {noun} do you find {{side}} {{item}}?",
            $"I need the {noun} {{side}} {{item}}.",
        ],
        FollowUps = ["And {side} {item}?", $"And which {noun} comes {{side}} {{item}}?"],
        HeldOutFollowUps = ["And what comes {side} {item}?"],
        Answers =
        [
            "{neighbour} comes {side} {item}.", $"The {noun} {{side}} {{item}} is {{neighbour}}.", "{side} {item} [comes|you find] {neighbour}.",
            $"I [think|believe] that the {noun} {{side}} {{item}} is {{neighbour}}.", $"The {noun} is {{neighbour}}.",
            "Right {side} {item} comes {neighbour}.",
        ],
        About = $"the {noun} {{side}} {{item}}",
    };
}
