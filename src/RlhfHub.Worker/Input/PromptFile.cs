using System.Text.Json.Nodes;
using RlhfHub.Training;
using RlhfHub.Training.Data;
using RlhfHub.Training.Tokenization.Templates;

namespace RlhfHub.Worker.Input;

/// <summary>One prompt to answer: a text, or a conversation.</summary>
/// <param name="Prompt">The text; null for a conversation.</param>
/// <param name="Messages">The conversation; null for a text.</param>
/// <param name="Seed">Its own seed, where the file gives one.</param>
/// <param name="Place">File and line, for messages.</param>
internal sealed record PromptRow(string? Prompt, IReadOnlyList<ChatMessage>? Messages, long? Seed, string Place)
{
    public static PromptRow Of(string prompt, string place) => new(prompt, null, null, place);
}

/// <summary>Reads prompts in TRL's prompt-only formats: <c>{"prompt": "…"}</c>, <c>{"prompt": [messages]}</c>, <c>{"messages": [messages]}</c>.</summary>
internal static class PromptFile
{
    public static IReadOnlyList<PromptRow> Read(string file) => [.. JsonLines.Read(file).Select(Row)];

    private static PromptRow Row(JsonLine line)
    {
        long? seed = line.Fields["seed"] switch
        {
            null => null,
            JsonValue value when value.TryGetValue<long>(out var number) => number,
            _ => throw new InvalidInputException($"{line.Place}: 'seed' is no whole number."),
        };
        if (line.Has("messages")) return new(null, Messages.Read(line.Fields["messages"], line.Place), seed, line.Place);
        if (line.Fields["prompt"] is JsonArray conversation) return new(null, Messages.Read(conversation, line.Place), seed, line.Place);
        return new(line.Text("prompt"), null, seed, line.Place);
    }
}
