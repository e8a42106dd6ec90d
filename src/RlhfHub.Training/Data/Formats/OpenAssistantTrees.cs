using System.Text.Json.Nodes;
using RlhfHub.Training.Tokenization.Templates;

namespace RlhfHub.Training.Data.Formats;

/// <summary>
/// Reads Open-Assistant's conversation trees (https://huggingface.co/datasets/OpenAssistant/oasst1), a tree a line:
/// <c>{"message_tree_id": "…", "prompt": {"text": "Hi", "role": "prompter", "replies": [{"text": "Hello!", "role": "assistant", "rank": 0, "replies": […]}, …]}}</c>.
/// </summary>
public static class OpenAssistantTrees
{
    /// <summary>One ranking for every turn of a prompter that two or more ranked replies answer; deleted replies and those without a rank are left out.</summary>
    /// <param name="file">The file, gzip-compressed or not.</param>
    /// <exception cref="InvalidInputException">The file is missing, or a line is no conversation tree.</exception>
    public static IReadOnlyList<RankingRow> Read(string file) =>
    [
        .. JsonLines.Read(file).SelectMany(line => line.Fields["prompt"] is JsonObject root
            ? Rankings(root, [], line)
            : throw line.Wrong("'prompt' is missing; expected a conversation tree.")),
    ];

    private static IEnumerable<RankingRow> Rankings(JsonObject node, IReadOnlyList<ChatMessage> before, JsonLine line)
    {
        ChatMessage[] messages = [.. before, Message(node, line)];
        var replies = Replies(node, line);
        if (messages[^1].Role == "user" && Ranking(messages, replies, line) is { } ranking) yield return ranking;
        foreach (var reply in replies)
            foreach (var deeper in Rankings(reply, messages, line)) yield return deeper;
    }

    private static RankingRow? Ranking(ChatMessage[] prompt, IReadOnlyList<JsonObject> replies, JsonLine line)
    {
        var ranked = replies.Where(reply => reply["rank"] is not null)
            .Select(reply => (Rank: Rank(reply, line), Message: Message(reply, line)))
            .Where(reply => reply.Message.Role == MessageList.Assistant)
            .OrderBy(reply => reply.Rank)
            // Of replies that say the same, the best stays: they cannot be told apart.
            .DistinctBy(reply => reply.Message.Content)
            .ToArray();
        if (ranked.Length < 2) return null;
        // Their ranks start at 0 and may have gaps where a reply was left out.
        var levels = ranked.Select(reply => reply.Rank).Distinct().ToList();
        return new(Passage.Of(prompt), [.. ranked.Select(reply => Passage.Of([reply.Message]))], [.. ranked.Select(reply => levels.IndexOf(reply.Rank) + 1)], line.Place);
    }

    private static IReadOnlyList<JsonObject> Replies(JsonObject node, JsonLine line) => node["replies"] switch
    {
        null => [],
        JsonArray items =>
        [
            .. items.Select(item => item as JsonObject ?? throw line.Wrong("a reply is no object; expected one with 'text' and 'role'."))
                .Where(reply => !(reply["deleted"] is JsonValue deleted && deleted.TryGetValue<bool>(out var isDeleted) && isDeleted)),
        ],
        _ => throw line.Wrong("'replies' is no list; expected one."),
    };

    private static ChatMessage Message(JsonObject node, JsonLine line)
    {
        var role = Text(node, "role", line) switch
        {
            "prompter" => "user",
            MessageList.Assistant => MessageList.Assistant,
            var other => throw line.Wrong($"'role' is \"{other}\"; expected prompter or assistant."),
        };
        return new(role, Text(node, "text", line) is { Length: > 0 } text ? text : throw line.Wrong("'text' is empty; expected what was said."));
    }

    private static string Text(JsonObject node, string field, JsonLine line) =>
        node[field] is JsonValue value && value.TryGetValue<string>(out var text) ? text : throw line.Wrong($"'{field}' of a message is missing or no text; expected one.");

    private static int Rank(JsonObject reply, JsonLine line) =>
        reply["rank"] is JsonValue value && value.TryGetValue<int>(out var rank) && rank >= 0 ? rank : throw line.Wrong("'rank' is no whole number from 0; expected one, 0 for the best.");
}
