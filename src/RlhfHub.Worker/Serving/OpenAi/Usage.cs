using RlhfHub.Training.Generation;

namespace RlhfHub.Worker.Serving.OpenAi;

/// <summary>How many tokens an answer took.</summary>
internal sealed record Usage(int PromptTokens, int CompletionTokens, int TotalTokens)
{
    public static Usage Of(GenerationTexts texts, IReadOnlyList<GenerationResult> results) => Of(texts.PromptTokens, results.Sum(result => result.Tokens.Count));

    public static Usage Of(int promptTokens, int completionTokens = 0) => new(promptTokens, completionTokens, promptTokens + completionTokens);
}
