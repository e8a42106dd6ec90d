using System.Text.Json;

namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>K replies and the place of each: <c>{"prompt": "…", "responses": ["…", "…", "…"], "ranking": [2, 1, 2]}</c>, 1 for the best, ties
/// allowed.</summary>
public static class Ranking
{
    /// <summary>The prompt one text.</summary>
    public static DatasetFormat Plain { get; } = Create("ranking", "Rankings", "Two or more replies and the place of each, 1 for the best; the prompt one text.",
        """{"prompt": "The sky is", "responses": [" green.", " blue.", " red."], "ranking": [2, 1, 2]}""", isConversational: false);

    /// <summary>The prompt a list of messages.</summary>
    public static DatasetFormat Conversational { get; } = Create("ranking-conversational", "Rankings, conversational", "Two or more replies and the place of each, 1 for the best; the prompt a list of messages.",
        """{"prompt": [{"role": "user", "content": "What colour is the sky?"}], "responses": ["Green.", "Blue."], "ranking": [2, 1]}""", isConversational: true);

    private static JsonFormat Create(string name, string displayName, string description, string line, bool isConversational) => new()
    {
        Name = name,
        DisplayName = displayName,
        Description = description,
        ExampleLine = line,
        FileEndings = [".jsonl", ".json"],
        Kinds = [ExampleKind.Ranking],
        Fields = ["prompt", "responses", "ranking"],
        LooksLike = json => json.HasAll("prompt", "responses", "ranking") && json.HasList("prompt") == isConversational,
        Read = record => [record.Complete(new RankingExample(record.Prompt("prompt"), Responses(record), Places(record)))],
        Write = (writer, example) => Write(writer, (RankingExample)example, isConversational),
    };

    private static ValueList<Reply> Responses(JsonRecord record) => record.Take("responses") switch
    {
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Select((item, i) => new Reply(record.Reply($"responses[{i}]", item))).ToValueList(),
        null => throw JsonRecord.Missing("responses", "a list of two replies or more"),
        { } other => throw JsonRecord.Wrong("responses", other, "a list of two replies or more"),
    };

    private static ValueList<int> Places(JsonRecord record) => record.Take("ranking") switch
    {
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Select((item, i) => Place(item, $"ranking[{i}]")).ToValueList(),
        null => throw JsonRecord.Missing("ranking", "the place of each reply, 1 for the best"),
        { } other => throw JsonRecord.Wrong("ranking", other, "a list with the place of each reply, 1 for the best"),
    };

    private static int Place(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var place) ? place : throw JsonRecord.Wrong(name, item, "a whole number, 1 for the best");

    private static void Write(JsonExampleWriter writer, RankingExample ranking, bool isConversational)
    {
        if (isConversational) writer.Messages("prompt", ranking.Prompt);
        else writer.PlainPrompt("prompt");
        writer.Json.WriteStartArray("responses");
        foreach (var reply in ranking.Responses) JsonText.Write(writer.Json, reply.Text);
        writer.Json.WriteEndArray();
        writer.Json.WriteStartArray("ranking");
        foreach (var place in ranking.Ranking) writer.Json.WriteNumberValue(place);
        writer.Json.WriteEndArray();
    }
}
