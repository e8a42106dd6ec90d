using System.Text.Encodings.Web;
using System.Text.Json;
using RlhfHub.Training.Simulation.Grammar;
using RlhfHub.Training.Tokenization.Templates;

namespace RlhfHub.Training.Simulation.Demo;

/// <summary>What raters said, as lines of TRL's data sets. Nothing of a rater's utility is in them.</summary>
internal static class DemoData
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Replies that raters wrote; each takes the next prompt.</summary>
    public static void WriteDemonstrations(string file, IReadOnlyList<SimulatedPrompt> prompts, IReadOnlyList<SimulatedRater> raters) => WriteLines(
        file, prompts.Select((prompt, i) => (object)new { prompt = prompt.Messages.Select(Turn), completion = Reply(raters[i % raters.Count].Demonstrate(prompt)) }));

    /// <summary>Comparisons of two replies, shown in an order of chance. Ties and pairs that are both bad say nothing that a pair could hold, and are left out.</summary>
    /// <returns>How many pairs were written.</returns>
    public static int WriteComparisons(
        string file, IReadOnlyList<SimulatedPrompt> prompts, IReadOnlyList<string> ones, IReadOnlyList<string> others, IReadOnlyList<SimulatedRater> raters, long seed, bool shufflesLabels)
    {
        var pairs = new List<object>();
        for (var i = 0; i < prompts.Count; i++)
        {
            if (ones[i] == others[i] || ones[i].Length == 0 || others[i].Length == 0) continue;
            var dice = Dice.For(seed, i);
            var (first, second) = dice.Chance(0.5) ? (ones[i], others[i]) : (others[i], ones[i]);
            var choice = raters[i % raters.Count].Compare(prompts[i], first, second).Choice;
            if (choice is not (ComparisonChoice.First or ComparisonChoice.Second)) continue;
            var firstWins = shufflesLabels ? dice.Chance(0.5) : choice == ComparisonChoice.First;
            pairs.Add(new { prompt = prompts[i].Messages.Select(Turn), chosen = Reply(firstWins ? first : second), rejected = Reply(firstWins ? second : first) });
        }
        WriteLines(file, pairs);
        return pairs.Count;
    }

    /// <summary>Prompts alone.</summary>
    public static void WritePrompts(string file, IEnumerable<SimulatedPrompt> prompts) => WriteLines(file, prompts.Select(prompt => (object)new { prompt = prompt.Messages.Select(Turn) }));

    private static object Turn(ChatMessage message) => new { role = message.Role, content = message.Content };

    private static object[] Reply(string text) => [new { role = "assistant", content = text }];

    private static void WriteLines(string file, IEnumerable<object> rows) => File.WriteAllLines(file, rows.Select(row => JsonSerializer.Serialize(row, Json)));
}
