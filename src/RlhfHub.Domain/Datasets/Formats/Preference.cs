using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>
/// TRL's preferences: <c>{"prompt": "…", "chosen": "…", "rejected": "…"}</c>, or without 'prompt' where both replies begin with it; texts or lists of
/// messages; 'margin' may be there.
/// Each of the four reads all four; they differ in what they write. https://huggingface.co/docs/trl/dataset_formats.
/// </summary>
public static class Preference
{
    /// <summary>A prompt and two replies, all one text.</summary>
    public static DatasetFormat Plain { get; } = Create("trl-preference", "TRL preference", "A prompt and two replies, one of them better, all one text.",
        """{"prompt": "The sky is", "chosen": " blue.", "rejected": " green."}""", isConversational: false, isImplicit: false);

    /// <summary>A prompt and two replies, all lists of messages.</summary>
    public static DatasetFormat Conversational { get; } = Create("trl-preference-conversational", "TRL preference, conversational", "A prompt and two replies, one of them better, all lists of messages.",
        """{"prompt": [{"role": "user", "content": "What colour is the sky?"}], "chosen": [{"role": "assistant", "content": "Blue."}], "rejected": [{"role": "assistant", "content": "Green."}]}""",
        isConversational: true, isImplicit: false);

    /// <summary>Two texts without a prompt. Where their prompt ends is not guessed: it comes in empty.</summary>
    public static DatasetFormat Implicit { get; } = Create("trl-preference-implicit", "TRL preference, implicit prompt",
        "Two texts, one of them better, that may begin with the same prompt. They come in whole, with an empty prompt, and only such examples go out.",
        """{"chosen": "The sky is blue.", "rejected": "The sky is green."}""", isConversational: false, isImplicit: true);

    /// <summary>Two conversations that differ in their last message; the messages that they share are the prompt.</summary>
    public static DatasetFormat ImplicitConversational { get; } = Create("trl-preference-implicit-conversational", "TRL preference, implicit prompt, conversational",
        "Two conversations, one of them better, that differ in their last message only.",
        """{"chosen": [{"role": "user", "content": "What colour is the sky?"}, {"role": "assistant", "content": "Blue."}], "rejected": [{"role": "user", "content": "What colour is the sky?"}, {"role": "assistant", "content": "Green."}]}""",
        isConversational: true, isImplicit: true);

    private static JsonFormat Create(string name, string displayName, string description, string line, bool isConversational, bool isImplicit) => new()
    {
        Name = name,
        DisplayName = displayName,
        Description = description,
        ExampleLine = line,
        FileEndings = [".jsonl", ".json"],
        Kinds = [ExampleKind.Preference],
        Fields = ["prompt", "chosen", "rejected", "margin"],
        LooksLike = json => json.HasAll("chosen", "rejected") && json.HasAny("prompt") != isImplicit && json.HasList("chosen") == isConversational && !json.HasAny("conversations"),
        Read = record => [record.Complete(Read(record))],
        Write = (writer, example) => Write(writer, (PreferenceExample)example, isConversational, isImplicit),
    };

    private static PreferenceExample Read(JsonRecord record)
    {
        if (record.Has("prompt")) return new(record.Prompt("prompt"), record.Reply("chosen"), record.Reply("rejected"), record.OptionalNumber("margin"));
        record.Take("prompt");
        if (record.Root.HasList("chosen") && record.Root.HasList("rejected"))
        {
            var (prompt, chosen, rejected) = SplitLast(record.Messages("chosen"), "chosen", record.Messages("rejected"), "rejected");
            return new(prompt, chosen, rejected, record.OptionalNumber("margin"));
        }
        return new([], record.Text("chosen"), record.Text("rejected"), record.OptionalNumber("margin"));
    }

    /// <summary>What two conversations share, and the assistant's last message of each.</summary>
    internal static (ValueList<Message> Prompt, string First, string Second) SplitLast(ValueList<Message> first, string firstName, ValueList<Message> second, string secondName)
    {
        foreach (var (messages, name) in new[] { (first, firstName), (second, secondName) })
            if (messages is not [.., { Role: Message.Assistant }])
                throw new BadRecordException($"'{name}' does not end with an assistant's message; expected a conversation that does");
        if (!first.SkipLast(1).SequenceEqual(second.SkipLast(1)))
            throw new BadRecordException($"'{firstName}' and '{secondName}' differ before their last message; expected conversations that differ in the last one only");
        return (first.SkipLast(1).ToValueList(), first[^1].Content, second[^1].Content);
    }

    private static void Write(JsonExampleWriter writer, PreferenceExample pair, bool isConversational, bool isImplicit)
    {
        if (isImplicit && isConversational)
        {
            writer.Messages("chosen", [.. pair.Prompt, new(Message.Assistant, pair.Chosen.Text)]);
            writer.Messages("rejected", [.. pair.Prompt, new(Message.Assistant, pair.Rejected.Text)]);
        }
        else if (isImplicit && pair.Prompt.Count > 0) throw writer.CannotCarry("has no prompt of its own, but this example has one; expected a form with an explicit prompt");
        else if (isConversational)
        {
            writer.Messages("prompt", pair.Prompt);
            writer.ReplyMessage("chosen", pair.Chosen);
            writer.ReplyMessage("rejected", pair.Rejected);
        }
        else
        {
            if (!isImplicit) writer.PlainPrompt("prompt");
            writer.Text("chosen", pair.Chosen.Text);
            writer.Text("rejected", pair.Rejected.Text);
        }
        if (pair.Margin is { } margin) writer.Json.WriteNumber("margin", margin);
    }
}
