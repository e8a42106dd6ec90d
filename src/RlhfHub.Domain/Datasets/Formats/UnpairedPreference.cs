using System.Text.Json;

namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>TRL's unpaired preferences, <c>{"prompt": "The sky is", "completion": " blue.", "label": true}</c>, or with lists of messages.
/// https://huggingface.co/docs/trl/dataset_formats.</summary>
public static class UnpairedPreference
{
    /// <summary>Prompt and reply one text.</summary>
    public static DatasetFormat Plain { get; } = Create("trl-unpaired", "TRL unpaired preference", "Replies that are good or bad, prompt and reply one text.",
        """{"prompt": "The sky is", "completion": " blue.", "label": true}""", isConversational: false);

    /// <summary>Prompt and reply lists of messages.</summary>
    public static DatasetFormat Conversational { get; } = Create("trl-unpaired-conversational", "TRL unpaired preference, conversational", "Replies that are good or bad, prompt and reply lists of messages.",
        """{"prompt": [{"role": "user", "content": "What colour is the sky?"}], "completion": [{"role": "assistant", "content": "Green."}], "label": false}""", isConversational: true);

    private static JsonFormat Create(string name, string displayName, string description, string line, bool isConversational) => new()
    {
        Name = name,
        DisplayName = displayName,
        Description = description,
        ExampleLine = line,
        FileEndings = [".jsonl", ".json"],
        Kinds = [ExampleKind.Unpaired],
        Fields = ["prompt", "completion", "label"],
        LooksLike = json => json.HasAll("prompt", "completion", "label") && json.HasList("prompt") == isConversational
            && json.GetProperty("label").ValueKind is JsonValueKind.True or JsonValueKind.False,
        Read = record => [record.Complete(new UnpairedExample(record.Prompt("prompt"), record.Reply("completion"), record.Flag("label")))],
        Write = (writer, example) =>
        {
            var unpaired = (UnpairedExample)example;
            PromptCompletion.WriteFields(writer, unpaired.Prompt, unpaired.Completion, isConversational);
            writer.Json.WriteBoolean("label", unpaired.Label);
        },
    };
}
