using System.Text.Json;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>
/// ShareGPT's conversations: <c>{"id": "7", "conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello!"}]}</c>. A record may also be
/// the bare list of turns, in an array of such lists.
/// A conversation that ends with the assistant is a demonstration of that last turn; another one is a prompt.
/// </summary>
public static class ShareGpt
{
    private static readonly MessageNames Names = new("from", "value",
    [
        ("human", Message.User), ("user", Message.User),
        ("gpt", Message.Assistant), ("assistant", Message.Assistant), ("chatgpt", Message.Assistant), ("model", Message.Assistant),
        ("system", Message.System),
        ("tool", Message.Tool), ("observation", Message.Tool),
    ]);

    /// <summary>Conversations.</summary>
    public static DatasetFormat Format { get; } = new JsonFormat()
    {
        Name = "sharegpt",
        DisplayName = "ShareGPT",
        Description = "Conversations of human and gpt. Other names that a speaker has in such files come in as the four roles.",
        ExampleLine = """{"conversations": [{"from": "human", "value": "What colour is the sky?"}, {"from": "gpt", "value": "Blue."}]}""",
        FileEndings = [".json", ".jsonl"],
        Kinds = [ExampleKind.Demonstration, ExampleKind.Prompt],
        Fields = ["conversations"],
        LooksLike = json => json.ValueKind == JsonValueKind.Array ? json.IsMessages("from", "value") : json.HasMessages("conversations", "from", "value"),
        Read = record => [record.Complete(OpenAiChat.FromConversation(Messages(record)))],
        Write = (writer, example) => writer.Messages("conversations", OpenAiChat.ToConversation(example), Names),
    };

    private static ValueList<Message> Messages(JsonRecord record) =>
        record.Root.ValueKind == JsonValueKind.Array ? record.Messages("conversations", record.Root, Names) : record.Take("conversations") switch
        {
            { ValueKind: JsonValueKind.Array } list => record.Messages("conversations", list, Names),
            null => throw JsonRecord.Missing("conversations", "a list of turns with 'from' and 'value'"),
            { } other => throw JsonRecord.Wrong("conversations", other, "a list of turns with 'from' and 'value'"),
        };
}
