using RlhfHub.Training.Generation;
using static TorchSharp.torch;

namespace RlhfHub.Training.Simulation;

/// <summary>A model's replies to prompts of the small world.</summary>
internal static class ModelReplies
{
    /// <summary>More tokens than any reply of the small world has.</summary>
    public const int MaxTokens = 96;

    private const int Rows = 64;

    /// <summary>One reply to each prompt, in float32.</summary>
    /// <param name="folder">The model.</param>
    /// <param name="prompts">What is asked.</param>
    /// <param name="temperature">Sampling temperature.</param>
    /// <param name="seed">Prompt number i takes seed + i.</param>
    public static string[] Of(string folder, IReadOnlyList<SimulatedPrompt> prompts, double temperature, long seed)
    {
        using var text = TextModel.Load(folder, CPU, ScalarType.Float32);
        return Of(text, prompts, temperature, seed);
    }

    /// <summary>One reply to each prompt.</summary>
    /// <param name="text">The model.</param>
    /// <param name="prompts">What is asked.</param>
    /// <param name="temperature">Sampling temperature.</param>
    /// <param name="seed">Prompt number i takes seed + i.</param>
    public static string[] Of(TextModel text, IReadOnlyList<SimulatedPrompt> prompts, double temperature, long seed)
    {
        var requests = prompts.Select((prompt, i) => new GenerationRequest
        {
            Prompt = text.EncodeChat(prompt.Messages),
            Options = new() { MaxNewTokens = MaxTokens, Temperature = temperature, Seed = seed + i },
        }).ToArray();
        return [.. TextGenerator.Run(text.Model, text.Tokenizer, requests, Rows, text.EndIds).Select(result => result.Text)];
    }
}
