namespace RlhfHub.Training.Data.Formats;

/// <summary>Prompts for the model to answer.</summary>
public static class PromptOnly
{
    /// <summary><c>{"prompt": "…"}</c> or <c>{"prompt": […]}</c>; <c>{"messages": […]}</c> counts as the latter.</summary>
    public static DatasetFormat<PromptRow> Format { get; } = new("prompt-only", "Prompts for the model to answer.", Parse,
    [
        """{"prompt": "The sky is"}""",
        """{"prompt": [{"role": "user", "content": "What color is the sky?"}]}""",
        """{"messages": [{"role": "user", "content": "What color is the sky?"}], "seed": 7}""",
    ]);

    private static PromptRow Parse(JsonLine line, ReadOptions options)
    {
        var field = line.Has("messages") && !line.Has("prompt") ? "messages" : "prompt";
        var prompt = options.CheckPrompt(line.Passage(field), line.Place);
        if (field == "messages" && !prompt.IsConversation) throw line.Wrong("'messages' is no list of messages.");
        return new(prompt, line.WholeNumber("seed"), line.Place);
    }
}

/// <summary>A prompt for the model to answer.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Seed">Its own seed, where the file gives one.</param>
/// <param name="Place">Where it stands.</param>
public sealed record PromptRow(Passage Prompt, long? Seed, LinePlace Place) : DatasetRow(Place, RowShape.Of(Prompt.IsConversation, "prompt"))
{
    /// <inheritdoc/>
    public override string PromptKey => Prompt.Key;
}
