using System.Text.Json.Nodes;

namespace RlhfHub.Training.Data.Formats;

/// <summary>Replies that are each good or bad.</summary>
public static class UnpairedPreference
{
    /// <summary><c>{"prompt": "…", "completion": "…", "label": true}</c>, or prompt and completion as lists of messages.</summary>
    public static DatasetFormat<UnpairedPreferenceRow> Format { get; } = new("unpaired-preference", "Replies that are each good or bad.", Parse,
    [
        """{"prompt": "The sky is", "completion": " blue.", "label": true}""",
        """{"prompt": [{"role": "user", "content": "What color is the sky?"}], "completion": [{"role": "assistant", "content": "It is green."}], "label": false}""",
    ]);

    private static UnpairedPreferenceRow Parse(JsonLine line, ReadOptions options)
    {
        var (prompt, completion) = PromptCompletion.Read(line, options);
        var isGood = line.Fields["label"] switch
        {
            JsonValue value when value.TryGetValue<bool>(out var label) => label,
            null => throw line.Wrong("'label' is missing; expected true or false."),
            _ => throw line.Wrong("'label' is neither true nor false; expected one of the two."),
        };
        return new(prompt, completion, isGood, line.Place);
    }
}

/// <summary>A reply that is good or bad.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Completion">The reply.</param>
/// <param name="IsGood">Whether it is good.</param>
/// <param name="Place">Where it stands.</param>
public sealed record UnpairedPreferenceRow(Passage Prompt, Passage Completion, bool IsGood, LinePlace Place)
    : DatasetRow(Place, RowShape.Of(Prompt.IsConversation, "prompt", "completion", "label"))
{
    /// <inheritdoc/>
    public override string PromptKey => Prompt.Key;
}
