namespace RlhfHub.Training.Data.Formats;

/// <summary>Prompts with the reply to learn.</summary>
public static class PromptCompletion
{
    /// <summary><c>{"prompt": "…", "completion": "…"}</c>, or both as lists of messages.</summary>
    public static DatasetFormat<PromptCompletionRow> Format { get; } = new("prompt-completion", "Prompts with the reply to learn.", Parse,
    [
        """{"prompt": "The sky is", "completion": " blue."}""",
        """{"prompt": [{"role": "user", "content": "What color is the sky?"}], "completion": [{"role": "assistant", "content": "It is blue."}]}""",
    ]);

    private static PromptCompletionRow Parse(JsonLine line, ReadOptions options)
    {
        var (prompt, completion) = Read(line, options);
        return new(prompt, completion, line.Place);
    }

    /// <summary>The two fields, which other formats have too.</summary>
    internal static (Passage Prompt, Passage Completion) Read(JsonLine line, ReadOptions options)
    {
        var prompt = options.CheckPrompt(line.Passage("prompt"), line.Place);
        return (prompt, Reply(line, "completion", prompt));
    }

    /// <summary>A reply to a prompt, in the prompt's own form.</summary>
    internal static Passage Reply(JsonLine line, string field, Passage prompt) =>
        line.Passage(field).RequireFormOf(prompt, field, "prompt", line.Place).RequireReply(field, line.Place);
}

/// <summary>A prompt with the reply to learn.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Completion">What follows it.</param>
/// <param name="Place">Where it stands.</param>
public sealed record PromptCompletionRow(Passage Prompt, Passage Completion, LinePlace Place)
    : DatasetRow(Place, RowShape.Of(Prompt.IsConversation, "prompt", "completion"))
{
    /// <inheritdoc/>
    public override string PromptKey => Prompt.Key;
}
