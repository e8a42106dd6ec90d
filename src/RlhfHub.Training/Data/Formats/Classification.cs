using System.Text.Json.Nodes;

namespace RlhfHub.Training.Data.Formats;

/// <summary>Texts, conversations or replies with the class that they belong to.</summary>
public static class Classification
{
    /// <summary><c>{"text": "…", "label": "polite"}</c>, with 'messages', or 'prompt' and 'completion', in place of 'text'. A label is a name of <see cref="ReadOptions.Labels"/> or its number from 0.</summary>
    public static DatasetFormat<ClassificationRow> Format { get; } = new("classification", "Texts, conversations or replies with the class that they belong to.", Parse,
    [
        """{"text": "Thank you so much!", "label": "polite"}""",
        """{"messages": [{"role": "user", "content": "Hello!"}, {"role": "assistant", "content": "What?"}], "label": 0}""",
        """{"prompt": "The sky is", "completion": " blue.", "label": 1}""",
    ]);

    private static ClassificationRow Parse(JsonLine line, ReadOptions options)
    {
        string[] subjects = [.. new[] { "text", "messages", "prompt" }.Where(line.Has)];
        if (subjects.Length != 1) throw line.Wrong("expected exactly one of 'text', 'messages', or 'prompt' with 'completion'.");
        if (subjects[0] == "prompt")
        {
            var (prompt, completion) = PromptCompletion.Read(line, options);
            return new(prompt.Then(completion), Label(line, options.Labels), prompt.Key, line.Place, RowShape.Of(prompt.IsConversation, "prompt", "completion", "label"));
        }
        var text = line.Passage(subjects[0]);
        if (text.IsConversation != (subjects[0] == "messages")) throw line.Wrong($"'{subjects[0]}' is no {(text.IsConversation ? "text" : "list of messages")}.");
        return new(text, Label(line, options.Labels), text.Key, line.Place, RowShape.Of(text.IsConversation, subjects[0], "label"));
    }

    private static int Label(JsonLine line, IReadOnlyList<string> names)
    {
        if (line.Fields["label"] is not JsonValue value) throw line.Wrong($"'label' is missing; expected {Expected(names)}.");
        if (value.TryGetValue<string>(out var name))
        {
            for (var i = 0; i < names.Count; i++)
                if (names[i] == name) return i;
            throw line.Wrong($"'label' is \"{name}\", which is not in the schema; expected {Expected(names)}.");
        }
        return value.TryGetValue<long>(out var number) && number >= 0 && number < names.Count
            ? (int)number
            : throw line.Wrong($"'label' is {value.ToJsonString()}; expected {Expected(names)}.");
    }

    private static string Expected(IReadOnlyList<string> names) => names.Count == 0 ? "a schema with labels" : $"{string.Join(", ", names)}, or 0 to {names.Count - 1}";
}

/// <summary>A text or conversation with the class that it belongs to.</summary>
/// <param name="Text">What is classified, a prompt and its reply together.</param>
/// <param name="Label">The number of the class, from 0.</param>
/// <param name="PromptKey">See <see cref="DatasetRow.PromptKey"/>.</param>
/// <param name="Place">Where it stands.</param>
/// <param name="Shape">Its fields in words.</param>
public sealed record ClassificationRow(Passage Text, int Label, string PromptKey, LinePlace Place, string Shape) : DatasetRow(Place, Shape)
{
    /// <inheritdoc/>
    public override string PromptKey { get; } = PromptKey;
}
