using RlhfHub.Training;
using RlhfHub.Training.Data;
using RlhfHub.Training.Generation;
using RlhfHub.Training.Models;
using RlhfHub.Training.Tokenization;
using RlhfHub.Training.Tokenization.Templates;

namespace RlhfHub.Worker.Input;

/// <summary>A text to score, as tokens.</summary>
/// <param name="Line">Its number among the rows, from 1.</param>
/// <param name="Ids">All its tokens.</param>
/// <param name="PromptLength">How many of them are the prompt, which is not scored.</param>
/// <param name="Place">File and line, for messages.</param>
internal sealed record TokenizedText(int Line, int[] Ids, int PromptLength, string Place);

/// <summary>Reads texts: <c>{"text": "…"}</c>, <c>{"prompt": "…", "completion": "…"}</c> (only the completion counts) or <c>{"messages": […]}</c>.</summary>
internal static class TextFile
{
    /// <exception cref="InvalidInputException">The file is missing or a line is wrong.</exception>
    public static IReadOnlyList<TokenizedText> Read(string file, Tokenizer tokenizer, ChatTemplate? template, ModelConfig config)
    {
        var rows = JsonLines.Read(file).Select((line, i) => Row(line, i + 1, tokenizer, template)).ToArray();
        if (rows.Length == 0) throw new InvalidInputException($"{file} has no lines; expected one JSON object a line.");
        foreach (var row in rows)
            if (row.Ids.Length > config.ContextLength) throw new InvalidInputException($"{row.Place}: the text has {row.Ids.Length} tokens; the model's context is {config.ContextLength}.");
        return rows;
    }

    private static TokenizedText Row(JsonLine line, int number, Tokenizer tokenizer, ChatTemplate? template)
    {
        if (line.Has("messages"))
        {
            var text = TextModel.RenderChat(template, Messages.Read(line.Fields["messages"], line.Place), addGenerationPrompt: false);
            return new(number, tokenizer.Encode(text, addSpecialTokens: false), 0, line.Place);
        }
        if (line.Has("prompt") || line.Has("completion"))
        {
            // As one text, like TRL: a token that lies across the border counts as the completion's.
            var prompt = tokenizer.Encode(line.Text("prompt"));
            var whole = tokenizer.Encode(line.Text("prompt") + line.Text("completion"));
            return new(number, whole, prompt.AsSpan().CommonPrefixLength(whole), line.Place);
        }
        return line.Has("text")
            ? new(number, tokenizer.Encode(line.Text("text")), 0, line.Place)
            : throw new InvalidInputException($"{line.Place}: expected 'text', 'prompt' and 'completion', or 'messages'.");
    }
}
