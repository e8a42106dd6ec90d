using RlhfHub.Training.Data.Tokens;
using RlhfHub.Training.Generation;

namespace RlhfHub.Training.Trainers;

/// <summary>Lets the policy answer prompts.</summary>
internal sealed class PpoSampler(RunSession session, RunInputs parts, PpoModels models, PpoOptions options)
{
    /// <summary>Replies written at once at least: a new token of one costs hardly less than of so many.</summary>
    private const int FewestRows = 32;

    /// <summary>Samples episodes, to be learned from.</summary>
    /// <param name="batch">The prompts.</param>
    /// <param name="number">The number of the episode that each prompt begins; an episode of the same number gets the same reply from the same weights.</param>
    public Rollout Sample(IReadOnlyList<TokenPrompt> batch, Func<int, long> number)
    {
        var requests = batch.Select((prompt, i) => Request(prompt, EpisodeSeed(number(i)))).ToArray();
        var results = TextGenerator.Run(models.Model, null, requests, Math.Max(FewestRows, options.PerDeviceEvalBatchSize), parts.EndIds);
        return new Rollout([.. batch.Select(prompt => prompt.Ids)], results, options.ResponseLength, parts.PadId, session.Device);
    }

    /// <summary>Answers prompts with the same seeds each time, for people to compare.</summary>
    public IReadOnlyList<GenerationResult> Answer(IReadOnlyList<TokenPrompt> prompts) =>
        TextGenerator.Run(models.Model, parts.Tokenizer, [.. prompts.Select((prompt, i) => Request(prompt, session.Spec.Seed + i))], endIds: parts.EndIds);

    private GenerationRequest Request(TokenPrompt prompt, long seed) => new()
    {
        Prompt = prompt.Ids,
        Options = new() { MaxNewTokens = options.ResponseLength, Temperature = options.Temperature, Seed = seed, IgnoresEnd = options.StopToken is null },
    };

    /// <summary>A function of the run's seed and the episode's number alone: a resume repeats it.</summary>
    private long EpisodeSeed(long episode) => BitConverter.DoubleToInt64Bits(SeededUniform.At(session.Spec.Seed, episode));
}
