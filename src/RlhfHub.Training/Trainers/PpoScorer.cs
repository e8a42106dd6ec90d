using RlhfHub.Training.Data.Tokens;
using RlhfHub.Training.Losses;
using RlhfHub.Training.Runs;
using static TorchSharp.torch;

namespace RlhfHub.Training.Trainers;

/// <summary>Gives the scores that are learned from: the reward model's, shifted and scaled where the options say so.</summary>
internal sealed class PpoScorer(RunSession session, PpoModels models, PpoOptions options)
{
    private RewardNormalizer? normalizer;

    /// <summary>The score of each text, (batch).</summary>
    public Tensor Score(IReadOnlyList<IReadOnlyList<int>> texts)
    {
        var raw = tensor(models.Score(texts, options.PerDeviceEvalBatchSize), device: session.Device);
        return normalizer is null ? raw : normalizer.Apply(raw);
    }

    /// <summary>Finds shift and scale from replies of the starting model, which are no episodes.</summary>
    public void Normalize(IReadOnlyList<TokenPrompt> prompts, PpoSampler sampler)
    {
        normalizer = new RewardNormalizer();
        foreach (var part in Enumerable.Range(0, options.NormalizationEpisodes).Chunk(options.EpisodesPerStep))
        {
            using var scope = NewDisposeScope();
            // Numbers below 0 are no episode's, so that no reply is met again in training.
            var rollout = sampler.Sample([.. part.Select(i => prompts[i % prompts.Count])], i => -1 - part[i]);
            normalizer.Update(tensor(models.Score(rollout.Texts, options.PerDeviceEvalBatchSize)));
        }
        session.Log.Append(new LogEvent(FormattableString.Invariant(
            $"Scores are multiplied by {normalizer.Gain:G4} and shifted by {normalizer.Bias:G4}, from {options.NormalizationEpisodes} replies of the starting model.")));
    }

    /// <summary>For checkpoints.</summary>
    public IEnumerable<KeyValuePair<string, double>> State() => normalizer is null ? [] :
    [
        KeyValuePair.Create("normalizer/count", (double)normalizer.Seen.Count),
        KeyValuePair.Create("normalizer/mean", normalizer.Seen.Mean),
        KeyValuePair.Create("normalizer/squared_deviations", normalizer.Seen.SquaredDeviations),
    ];

    /// <summary>Goes on from what <see cref="State"/> gave.</summary>
    public void Restore(IReadOnlyDictionary<string, double> values)
    {
        if (values.TryGetValue("normalizer/count", out var count))
            normalizer = new RewardNormalizer(new((long)count, values["normalizer/mean"], values["normalizer/squared_deviations"]));
    }
}
