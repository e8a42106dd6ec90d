using System.Text.Json;

namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>TRL's prompt-only format, <c>{"prompt": "The sky is"}</c>, or with a list of messages. https://huggingface.co/docs/trl/dataset_formats.</summary>
public static class PromptOnly
{
    /// <summary>Each prompt one text.</summary>
    public static DatasetFormat Plain { get; } = Create("trl-prompt-only", "TRL prompt-only", "Prompts without an answer, each one text.",
        """{"prompt": "What colour is the sky?"}""", json => json.HasText("prompt"), writer => writer.PlainPrompt("prompt"));

    /// <summary>Each prompt a list of messages.</summary>
    public static DatasetFormat Conversational { get; } = Create("trl-prompt-only-conversational", "TRL prompt-only, conversational", "Prompts without an answer, each a list of messages.",
        """{"prompt": [{"role": "user", "content": "What colour is the sky?"}]}""", json => json.HasList("prompt"), null);

    private static JsonFormat Create(string name, string displayName, string description, string line, Func<JsonElement, bool> looks, Action<JsonExampleWriter>? plain) => new()
    {
        Name = name,
        DisplayName = displayName,
        Description = description,
        ExampleLine = line,
        FileEndings = [".jsonl", ".json"],
        Kinds = [ExampleKind.Prompt],
        Fields = ["prompt"],
        LooksLike = json => looks(json) && !json.HasAny("completion", "chosen", "responses", "label", "labels", "messages"),
        Read = record => [record.Complete(new PromptExample(record.Prompt("prompt")))],
        Write = (writer, example) =>
        {
            if (plain is not null) plain(writer);
            else writer.Messages("prompt", example.Conversation);
        },
    };
}
