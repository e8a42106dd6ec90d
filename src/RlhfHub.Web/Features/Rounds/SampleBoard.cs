using System.Text.Json.Nodes;

namespace RlhfHub.Web.Features.Rounds;

/// <summary>A reply that a run showed.</summary>
public sealed record SampleReply(long Step, string Text, double? Score);

/// <summary>What a model wrote to a prompt before training, and the newest that it wrote since.</summary>
public sealed record SamplePair(string Prompt, SampleReply? Before, SampleReply? Since, bool IsFinished);

/// <summary>A run's samples side by side, folded from its events. After a resume the same ones come again, and the later takes the place of the earlier.</summary>
internal sealed class SampleBoard
{
    private readonly List<SamplePair> pairs = [];

    /// <summary>In the order in which their prompts came.</summary>
    public IReadOnlyList<SamplePair> Pairs => pairs;

    /// <summary>Takes a sample event's content: <c>{"step":0,"prompt":"Hello","text":"Hi","when":"before","score":0.5}</c>.</summary>
    public void Add(JsonObject content)
    {
        var prompt = (string?)content["prompt"] ?? "";
        var reply = new SampleReply((long?)content["step"] ?? 0, (string?)content["text"] ?? "", (double?)content["score"]);
        var when = (string?)content["when"];
        var index = pairs.FindIndex(pair => pair.Prompt == prompt);
        if (index < 0)
        {
            index = pairs.Count;
            pairs.Add(new(prompt, null, null, false));
        }
        pairs[index] = when == "before" ? pairs[index] with { Before = reply } : pairs[index] with { Since = reply, IsFinished = when == "after" };
    }
}
