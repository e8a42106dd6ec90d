using RlhfHub.Training.Tokenization;

namespace RlhfHub.Training.Models;

/// <summary>Which tokens end a text.</summary>
public static class EndTokens
{
    /// <summary>Those of <c>generation_config.json</c>; where it states none, those of <c>config.json</c> and the tokenizer's end-of-text token.</summary>
    /// <exception cref="ModelFileException"><c>generation_config.json</c> is there and broken.</exception>
    public static IReadOnlyList<int> Of(string folder, ModelConfig config, Tokenizer? tokenizer)
    {
        var file = Path.Combine(folder, "generation_config.json");
        var stated = File.Exists(file) ? ConfigReader.Open(file).TokenIds("eos_token_id") : [];
        if (stated.Count > 0) return stated;
        return [.. config.EndIds.Concat(tokenizer?.EosId is int id ? [id] : []).Distinct()];
    }
}
