using System.Text.Json;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>
/// Open-Assistant's conversation trees, one a record:
/// <c>{"message_tree_id": "t", "prompt": {"message_id": "m", "text": "Hi", "role": "prompter", "replies": [{"text": "Hello!", "role": "assistant", "rank": 0,
/// "replies": […]}, …]}}</c>.
/// Every message of a prompter gives examples: a ranking of its replies that bear a rank, where two or more do; a demonstration of each other reply; a prompt
/// where nobody answered. Deleted messages, and what
/// follows them, are left out. Going out, each example is a tree of its own, whose earlier messages say <c>"context_only": true</c> so that they give no
/// examples when it is read again.
/// https://huggingface.co/datasets/OpenAssistant/oasst1.
/// </summary>
public static class OpenAssistantTrees
{
    private const string ContextOnly = "context_only";
    private const string NodeExtra = "node";
    private const string RepliesExtra = "node_replies";
    private static readonly string[] NodeFields = ["message_id", "text", "role", "replies", ContextOnly];
    private static readonly string[] ReplyFields = ["text", "role", "replies", "model_name", "user_id"];

    /// <summary>Conversation trees.</summary>
    public static DatasetFormat Format { get; } = new JsonFormat()
    {
        Name = "open-assistant",
        DisplayName = "Open-Assistant trees",
        Description = "Conversation trees with ranked replies. One tree gives many examples; each goes out as a tree of its own. Only user and assistant speak.",
        ExampleLine = """{"message_tree_id": "t", "prompt": {"message_id": "m", "text": "Hi", "role": "prompter", "replies": [{"text": "Hello!", "role": "assistant", "rank": 0, "replies": []}, {"text": "Go away.", "role": "assistant", "rank": 1, "replies": []}]}}""",
        FileEndings = [".jsonl", ".json"],
        Kinds = [ExampleKind.Ranking, ExampleKind.Demonstration, ExampleKind.Prompt],
        IdField = "",   // a message's, not the record's
        Fields = ["prompt", NodeExtra, RepliesExtra],
        LooksLike = json => json.HasAny("prompt") && json.GetProperty("prompt").HasAll("text", "role"),
        Read = Read,
        Write = Write,
    };

    private static IEnumerable<Example> Read(JsonRecord record) => record.Take("prompt") switch
    {
        { ValueKind: JsonValueKind.Object } root => IsDeleted(root) ? [] : Examples(record, root, []),
        null => throw JsonRecord.Missing("prompt", "a conversation tree"),
        { } other => throw JsonRecord.Wrong("prompt", other, "a conversation tree"),
    };

    private static IEnumerable<Example> Examples(JsonRecord record, JsonElement node, IReadOnlyList<Message> before)
    {
        Message[] messages = [.. before, new(Role(node), Text(node))];
        var replies = Replies(node);
        if (messages[^1].Role == Message.User && !(node.TryGetProperty(ContextOnly, out var mark) && mark.ValueKind == JsonValueKind.True))
            foreach (var example in AnswersTo(record, node, messages.ToValueList(), [.. replies.Where(reply => Role(reply) == Message.Assistant)])) yield return example;
        foreach (var reply in replies)
            foreach (var example in Examples(record, reply, messages)) yield return example;
    }

    private static IEnumerable<Example> AnswersTo(JsonRecord record, JsonElement node, ValueList<Message> prompt, JsonElement[] answers)
    {
        JsonElement[] ranked = [.. answers.Where(answer => answer.HasAny("rank"))];
        if (ranked.Length < 2) ranked = [];
        if (answers.Length == 0) yield return Complete(record, new PromptExample(prompt), node, []);
        if (ranked.Length > 0)
            yield return Complete(record, new RankingExample(prompt, ranked.Select(ReplyOf).ToValueList(), Places([.. ranked.Select(Rank)])), node, ranked);
        foreach (var answer in answers.Where(answer => ranked.Length == 0 || !answer.HasAny("rank"))) yield return Complete(record, new DemonstrationExample(prompt, ReplyOf(answer)), node, [answer]);
    }

    /// <summary>Ranks from 0 as places from 1. Where replies were left out, ranks have gaps: places keep them as long as none is beyond the number of
    /// replies.</summary>
    private static ValueList<int> Places(int[] ranks)
    {
        var best = ranks.Min();
        if (ranks.Max() - best < ranks.Length) return ranks.Select(rank => rank - best + 1).ToValueList();
        var levels = ranks.Distinct().Order().ToList();
        return ranks.Select(rank => levels.IndexOf(rank) + 1).ToValueList();
    }

    private static Example Complete(JsonRecord record, Example example, JsonElement node, JsonElement[] answers)
    {
        var complete = record.Complete(example);
        if (complete.Extra[NodeExtra] is not null || complete.Extra[RepliesExtra] is not null)
            throw new BadRecordException($"'{NodeExtra}' or '{RepliesExtra}' is there beside the tree; expected other names");
        var extra = complete.Extra;
        var more = ExtraFields.From(node, field => !IsRead(field, NodeFields));
        if (more.Count > 0) extra = extra.With(NodeExtra, AsJson(more));
        var isRanking = example is RankingExample;
        ExtraFields[] others = [.. answers.Select(answer => ExtraFields.From(answer, field => !IsRead(field, ReplyFields) && !(isRanking && field.Name == "rank")))];
        if (others.Any(fields => fields.Count > 0)) extra = extra.With(RepliesExtra, JsonSerializer.SerializeToElement(others.Select(AsJson)));
        return complete with { Id = node.HasText("message_id") && node.GetProperty("message_id").GetString() is { Length: > 0 } id ? id : null, Extra = extra };
    }

    private static bool IsRead(JsonProperty field, string[] names) => names.Contains(field.Name);

    private static JsonElement AsJson(ExtraFields fields) => JsonSerializer.SerializeToElement(fields.ToDictionary(field => field.Key, field => field.Value));

    private static Reply ReplyOf(JsonElement node)
    {
        var (model, person) = (Name(node, "model_name"), Name(node, "user_id"));
        return new(Text(node), model is null && person is null ? null : new(model, person));
    }

    private static string? Name(JsonElement node, string field) =>
        node.HasText(field) && node.GetProperty(field).GetString() is { Length: > 0 } name ? name : null;

    private static List<JsonElement> Replies(JsonElement node)
    {
        if (!node.HasAny("replies")) return [];
        var replies = node.GetProperty("replies");
        if (replies.ValueKind != JsonValueKind.Array) throw JsonRecord.Wrong("replies", replies, "a list of messages");
        foreach (var reply in replies.EnumerateArray())
            if (reply.ValueKind != JsonValueKind.Object) throw JsonRecord.Wrong("replies", reply, "messages with 'text' and 'role'");
        return [.. replies.EnumerateArray().Where(reply => !IsDeleted(reply))];
    }

    private static bool IsDeleted(JsonElement node) => node.TryGetProperty("deleted", out var deleted) && deleted.ValueKind == JsonValueKind.True;

    private static string Text(JsonElement node) =>
        node.HasText("text") ? node.GetProperty("text").GetString()! : throw new BadRecordException("a message of the tree has no 'text'; expected one");

    private static string Role(JsonElement node) => (node.HasText("role") ? node.GetProperty("role").GetString() : null) switch
    {
        "prompter" => Message.User,
        "assistant" => Message.Assistant,
        _ => throw new BadRecordException("a message of the tree has no 'role', or an unknown one; expected prompter or assistant"),
    };

    private static int Rank(JsonElement reply) =>
        reply.GetProperty("rank") is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var rank) && rank >= 0
            ? rank
            : throw JsonRecord.Wrong("rank", reply.GetProperty("rank"), "a whole number from 0, 0 for the best");

    private static void Write(JsonExampleWriter writer, Example example)
    {
        var prompt = example.Conversation;
        if (prompt is not [.., { Role: Message.User }]) throw writer.CannotCarry("ranks answers to a prompter, but this prompt does not end with the user");
        if (prompt.FirstOrDefault(message => message.Role is not (Message.User or Message.Assistant)) is { } other)
            throw writer.CannotCarry($"has no place for a message of {other.Role}; expected user and assistant only");

        var json = writer.Json;
        json.WritePropertyName("prompt");
        for (var i = 0; i < prompt.Count; i++)
        {
            json.WriteStartObject();
            writer.Text("role", prompt[i].Role == Message.User ? "prompter" : "assistant");
            writer.Text("text", prompt[i].Content);
            if (i == prompt.Count - 1) WriteNode(writer, example);
            else json.WriteBoolean(ContextOnly, true);
            json.WriteStartArray("replies");
        }
        WriteReplies(writer, example);
        for (var i = 0; i < prompt.Count; i++)
        {
            json.WriteEndArray();
            json.WriteEndObject();
        }
        writer.OriginsAreWritten();
    }

    private static void WriteNode(JsonExampleWriter writer, Example example)
    {
        if (example.Id is not null) writer.Text("message_id", example.Id);
        if (example.Extra[NodeExtra] is not { ValueKind: JsonValueKind.Object } node || !node.EnumerateObject().Any()) return;
        if (node.EnumerateObject().Any(field => NodeFields.Contains(field.Name) || Deletes(field))) return;
        foreach (var field in node.EnumerateObject()) field.WriteTo(writer.Json);
        writer.ExtraIsWritten(NodeExtra);
    }

    private static void WriteReplies(JsonExampleWriter writer, Example example)
    {
        var replies = example.Replies;
        var ranking = (example as RankingExample)?.Ranking;
        var others = OtherFields(example, replies.Count, ranking is not null);
        if (others is not null) writer.ExtraIsWritten(RepliesExtra);
        for (var i = 0; i < replies.Count; i++)
        {
            writer.Json.WriteStartObject();
            writer.Text("role", "assistant");
            writer.Text("text", replies[i].Text);
            if (replies[i].Origin?.Model is { } model) writer.Text("model_name", model);
            if (replies[i].Origin?.Person is { } person) writer.Text("user_id", person);
            if (ranking is not null) writer.Json.WriteNumber("rank", ranking[i] - 1);
            foreach (var field in others?[i].EnumerateObject() ?? default) field.WriteTo(writer.Json);
            writer.Json.WriteStartArray("replies");
            writer.Json.WriteEndArray();
            writer.Json.WriteEndObject();
        }
    }

    private static bool Deletes(JsonProperty field) => field.Name == "deleted" && field.Value.ValueKind == JsonValueKind.True;

    /// <summary>What the replies say beside the fields that are written anyway; null where it would not come back the same.</summary>
    private static JsonElement[]? OtherFields(Example example, int count, bool isRanking)
    {
        if (example.Extra[RepliesExtra] is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() != count || count == 0) return null;
        var isSound = list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object
            && !item.EnumerateObject().Any(field => ReplyFields.Contains(field.Name) || (isRanking && field.Name == "rank") || Deletes(field)));
        return isSound && list.EnumerateArray().Any(item => item.EnumerateObject().Any()) ? [.. list.EnumerateArray()] : null;
    }
}
