namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>TRL's prompt-completion format, <c>{"prompt": "The sky is", "completion": " blue."}</c>, or both as lists of messages.
/// https://huggingface.co/docs/trl/dataset_formats.</summary>
public static class PromptCompletion
{
    /// <summary>Both one text.</summary>
    public static DatasetFormat Plain { get; } = Create("trl-prompt-completion", "TRL prompt-completion", "Prompts with the reply to learn, both one text.",
        """{"prompt": "The sky is", "completion": " blue."}""", isConversational: false);

    /// <summary>Both lists of messages.</summary>
    public static DatasetFormat Conversational { get; } = Create("trl-prompt-completion-conversational", "TRL prompt-completion, conversational", "Prompts with the reply to learn, both lists of messages.",
        """{"prompt": [{"role": "user", "content": "What colour is the sky?"}], "completion": [{"role": "assistant", "content": "Blue."}]}""", isConversational: true);

    private static JsonFormat Create(string name, string displayName, string description, string line, bool isConversational) => new()
    {
        Name = name,
        DisplayName = displayName,
        Description = description,
        ExampleLine = line,
        FileEndings = [".jsonl", ".json"],
        Kinds = [ExampleKind.Demonstration],
        Fields = ["prompt", "completion"],
        LooksLike = json => json.HasAll("prompt", "completion") && json.HasList("prompt") == isConversational && !json.HasAny("label", "labels", "chosen"),
        Read = record => [record.Complete(new DemonstrationExample(record.Prompt("prompt"), record.Reply("completion")))],
        Write = (writer, example) => WriteFields(writer, example.Conversation, ((DemonstrationExample)example).Completion, isConversational),
    };

    /// <summary>The two fields, which other formats have too.</summary>
    internal static void WriteFields(JsonExampleWriter writer, ValueList<Prompts.Message> prompt, Reply completion, bool isConversational)
    {
        if (isConversational)
        {
            writer.Messages("prompt", prompt);
            writer.ReplyMessage("completion", completion);
            return;
        }
        writer.PlainPrompt("prompt");
        writer.Text("completion", completion.Text);
    }
}
