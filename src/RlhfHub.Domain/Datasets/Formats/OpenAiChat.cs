using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>
/// OpenAI's chat files for fine-tuning, which are TRL's conversations for language modelling as well: <c>{"messages": [{"role": "user", "content": "Hi"},
/// {"role": "assistant", "content": "Hello!"}]}</c>.
/// A conversation that ends with the assistant is a demonstration of that last message; another one is a prompt.
/// https://platform.openai.com/docs/guides/supervised-fine-tuning.
/// </summary>
public static class OpenAiChat
{
    /// <summary>Conversations.</summary>
    public static DatasetFormat Format { get; } = new JsonFormat()
    {
        Name = "openai-chat",
        DisplayName = "OpenAI chat",
        Description = "Conversations, as OpenAI's fine-tuning and TRL's language modelling take them. Lists of parts and bare tool calls are not read.",
        ExampleLine = """{"messages": [{"role": "user", "content": "What colour is the sky?"}, {"role": "assistant", "content": "Blue."}]}""",
        FileEndings = [".jsonl", ".json"],
        Kinds = [ExampleKind.Demonstration, ExampleKind.Prompt],
        Fields = ["messages"],
        LooksLike = json => json.HasMessages("messages", "role") && !json.HasAny("label", "labels", "chosen"),
        Read = record => [record.Complete(FromConversation(record.Messages("messages")))],
        Write = (writer, example) => writer.Messages("messages", ToConversation(example)),
    };

    /// <summary>A conversation as an example.</summary>
    internal static Example FromConversation(ValueList<Message> messages) => messages is [.., { Role: Message.Assistant } last]
        ? new DemonstrationExample(messages.SkipLast(1).ToValueList(), last.Content)
        : new PromptExample(messages);

    /// <summary>A demonstration or a prompt as a conversation.</summary>
    internal static ValueList<Message> ToConversation(Example example) =>
        example is DemonstrationExample shown ? [.. shown.Prompt, new(Message.Assistant, shown.Completion.Text)] : example.Conversation;
}
