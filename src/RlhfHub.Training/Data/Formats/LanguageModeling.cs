namespace RlhfHub.Training.Data.Formats;

/// <summary>Texts or conversations to imitate whole.</summary>
public static class LanguageModeling
{
    /// <summary><c>{"text": "…"}</c> or <c>{"messages": […]}</c>.</summary>
    public static DatasetFormat<LanguageModelingRow> Format { get; } = new("language-modeling", "Texts or conversations to imitate whole.", Parse,
    [
        """{"text": "The sky is blue."}""",
        """{"messages": [{"role": "user", "content": "What color is the sky?"}, {"role": "assistant", "content": "It is blue."}]}""",
    ]);

    private static LanguageModelingRow Parse(JsonLine line, ReadOptions options)
    {
        if (line.Has("text") == line.Has("messages"))
            throw line.Wrong(line.Has("text") ? "both 'text' and 'messages' are there; expected one of the two." : "'text' and 'messages' are missing; expected one of the two.");
        var field = line.Has("text") ? "text" : "messages";
        var text = line.Passage(field);
        if (text.IsConversation != (field == "messages")) throw line.Wrong($"'{field}' is no {(field == "text" ? "text" : "list of messages")}.");
        var row = new LanguageModelingRow(text.RequireReply(field, line.Place), line.Place);
        options.CheckPrompt(row.Opening, line.Place);
        return row;
    }
}

/// <summary>A text or a conversation to imitate whole.</summary>
/// <param name="Text">The text or conversation.</param>
/// <param name="Place">Where it stands.</param>
public sealed record LanguageModelingRow(Passage Text, LinePlace Place) : DatasetRow(Place, RowShape.Of(Text.IsConversation, Text.IsConversation ? "messages" : "text"))
{
    /// <inheritdoc/>
    public override string PromptKey => Opening is { Messages: [] } or { Text: "" } ? Text.Key : Opening.Key;

    // A bare text asks nothing: only a conversation has a prompt, which is all before the first answer.
    internal Passage Opening => Text.Messages is { } messages ? Passage.Of([.. messages.TakeWhile(message => message.Role != MessageList.Assistant)]) : Passage.Of("");
}
