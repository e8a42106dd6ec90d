using System.Text.Json.Nodes;
using RlhfHub.Training;
using RlhfHub.Training.Data;
using RlhfHub.Training.Data.Formats;

namespace RlhfHub.Worker.Input;

/// <summary>Reads prompts to answer: <c>{"prompt": "…"}</c>, <c>{"prompt": [messages]}</c>, <c>{"messages": [messages]}</c>. Unlike training data they may be empty and mixed.</summary>
internal static class PromptFile
{
    /// <exception cref="InvalidInputException">The file is missing or a line is wrong.</exception>
    public static IReadOnlyList<PromptRow> Read(string file) => [.. JsonLines.Read(file).Select(line => new PromptRow(Prompt(line), line.WholeNumber("seed"), line.Place))];

    private static Passage Prompt(JsonLine line) => (line.Fields["messages"] ?? line.Fields["prompt"] as JsonArray) is { } conversation
        ? Passage.Of(MessageList.Read(conversation, $"{line.Place}"))
        : Passage.Of(line.Text("prompt"));
}
