using RlhfHub.Training;
using RlhfHub.Training.Data;
using RlhfHub.Training.Data.Tokens;
using RlhfHub.Training.Models;
using RlhfHub.Training.Tokenization;
using RlhfHub.Training.Tokenization.Templates;

namespace RlhfHub.Worker.Input;

/// <summary>A text to score, as tokens.</summary>
/// <param name="Line">Its number among the rows, from 1.</param>
/// <param name="Ids">All its tokens.</param>
/// <param name="PromptLength">How many of them are the prompt, which is not scored.</param>
/// <param name="Place">File and line, for messages.</param>
internal sealed record TokenizedText(int Line, int[] Ids, int PromptLength, LinePlace Place);

/// <summary>Reads texts: <c>{"text": "…"}</c>, <c>{"prompt": "…", "completion": "…"}</c> (only the completion counts) or <c>{"messages": […]}</c>. Unlike training data they may be empty and mixed, and no end is added.</summary>
internal static class TextFile
{
    /// <exception cref="InvalidInputException">The file is missing or a line is wrong.</exception>
    public static IReadOnlyList<TokenizedText> Read(string file, Tokenizer tokenizer, ChatTemplate? template, ModelConfig config)
    {
        var encoder = new PassageEncoder(tokenizer, template);
        var rows = JsonLines.Read(file).Select((line, i) => Row(line, i + 1, encoder)).ToArray();
        if (rows.Length == 0) throw new InvalidInputException($"{file} has no lines; expected one JSON object a line.");
        foreach (var row in rows)
            if (row.Ids.Length > config.ContextLength) throw new InvalidInputException($"{row.Place}: the text has {row.Ids.Length} tokens; the model's context is {config.ContextLength}.");
        return rows;
    }

    private static TokenizedText Row(JsonLine line, int number, PassageEncoder encoder)
    {
        if (line.Has("messages")) return new(number, encoder.Encode(Passage.Of(MessageList.Read(line.Fields["messages"], $"{line.Place}"))), 0, line.Place);
        if (line.Has("prompt") || line.Has("completion"))
        {
            var (ids, promptLength) = encoder.EncodeParts(Passage.Of(line.Text("prompt")), Passage.Of(line.Text("completion")));
            return new(number, ids, promptLength, line.Place);
        }
        return line.Has("text")
            ? new(number, encoder.Encode(Passage.Of(line.Text("text"))), 0, line.Place)
            : throw new InvalidInputException($"{line.Place}: expected 'text', 'prompt' and 'completion', or 'messages'.");
    }
}
