using System.Text.Json.Nodes;
using RlhfHub.Training.Tokenization.Templates;

namespace RlhfHub.Training.Data.Formats;

/// <summary>Several replies to a prompt, put in order.</summary>
public static class Ranking
{
    /// <summary><c>{"prompt": "…", "responses": ["…", "…", "…"], "ranking": [2, 1, 2]}</c>: the rank of each reply, 1 for the best, ties allowed. The prompt may be a list of messages, and each reply too.</summary>
    public static DatasetFormat<RankingRow> Format { get; } = new("ranking", "Several replies to a prompt, put in order.", Parse,
    [
        """{"prompt": "The sky is", "responses": [" green.", " blue.", " red."], "ranking": [2, 1, 2]}""",
        """{"prompt": [{"role": "user", "content": "What color is the sky?"}], "responses": ["It is blue.", "It is green."], "ranking": [1, 2]}""",
        """{"prompt": [{"role": "user", "content": "What color is the sky?"}], "responses": [[{"role": "assistant", "content": "Blue."}], [{"role": "assistant", "content": "Green."}]], "ranking": [1, 2]}""",
    ]);

    private static RankingRow Parse(JsonLine line, ReadOptions options)
    {
        var prompt = options.CheckPrompt(line.Passage("prompt"), line.Place);
        if (line.Fields["responses"] is not JsonArray { Count: >= 2 } items) throw line.Wrong("'responses' is no list of at least two replies; expected one.");
        Passage[] responses = [.. items.Select((item, i) => Response(line, item, $"responses[{i}]", prompt))];
        var keys = responses.Select(response => response.Key).ToList();
        for (var i = 0; i < keys.Count; i++)
            if (keys.IndexOf(keys[i]) is var same && same < i) throw line.Wrong($"'responses[{i}]' repeats 'responses[{same}]'; expected replies that differ.");
        return new(prompt, responses, Ranks(line, responses.Length), line.Place);
    }

    private static Passage Response(JsonLine line, JsonNode? item, string field, Passage prompt)
    {
        var response = Passage.Read(item, field, line.Place);
        // A bare text that answers a conversation is the assistant's turn.
        if (prompt.IsConversation && !response.IsConversation) response = Passage.Of([new ChatMessage(MessageList.Assistant, response.Text)]);
        return response.RequireFormOf(prompt, field, "prompt", line.Place).RequireReply(field, line.Place);
    }

    private static int[] Ranks(JsonLine line, int count)
    {
        if (line.Fields["ranking"] is not JsonArray items) throw line.Wrong("'ranking' is missing or no list; expected the rank of each reply, 1 for the best.");
        if (items.Count != count) throw line.Wrong($"'ranking' has {items.Count} ranks for {count} replies; expected one for each.");
        var ranks = new int[count];
        for (var i = 0; i < count; i++)
            ranks[i] = items[i] is JsonValue value && value.TryGetValue<int>(out var rank) && rank >= 1 && rank <= count
                ? rank
                : throw line.Wrong($"'ranking[{i}]' is {items[i]?.ToJsonString() ?? "null"}; expected a whole number from 1 to {count}.");
        return ranks.Contains(1) ? ranks : throw line.Wrong("'ranking' gives no reply rank 1; expected 1 for the best.");
    }
}

/// <summary>Several replies to a prompt, put in order.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Responses">The replies, two at least.</param>
/// <param name="Ranks">The rank of each reply, 1 for the best; the same for replies that are tied.</param>
/// <param name="Place">Where it stands.</param>
public sealed record RankingRow(Passage Prompt, IReadOnlyList<Passage> Responses, IReadOnlyList<int> Ranks, LinePlace Place)
    : DatasetRow(Place, RowShape.Of(Prompt.IsConversation, "prompt", "responses", "ranking"))
{
    /// <inheritdoc/>
    public override string PromptKey => Prompt.Key;

    /// <summary>Every two replies of which one is better, the best first; ties give none.</summary>
    public IEnumerable<PreferenceRow> Pairs()
    {
        var order = Enumerable.Range(0, Responses.Count).OrderBy(i => Ranks[i]).ToArray();
        foreach (var better in order)
            foreach (var worse in order.Where(i => Ranks[i] > Ranks[better]))
                yield return new(Prompt, Responses[better], Responses[worse], null, null, Place, RowShape.Of(Prompt.IsConversation, "prompt", "chosen", "rejected"));
    }
}
