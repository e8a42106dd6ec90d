using RlhfHub.Training.Losses;
using static TorchSharp.torch;

namespace RlhfHub.Training.Trainers;

/// <summary>Turns episodes into what is learned from: scores, the price of drifting, and by both how much better than expected each token was.</summary>
internal sealed class PpoJudge(RunSession session, PpoModels models, PpoScorer scorer, PpoMicroBatch microBatch, PpoOptions options)
{
    /// <summary>The metric of the reward model that nothing is learned from; there only with one.</summary>
    public const string HeldOutScores = "objective/held_out_scores";

    /// <summary>Scores, log-probabilities, values, and what follows from them: everything that stays fixed while the batch is learned from.</summary>
    /// <param name="rollout">What was sampled.</param>
    /// <param name="klCoefficient">The price of a nat of KL.</param>
    /// <param name="metrics">The batch's figures under TRL's names.</param>
    public Experience Judge(Rollout rollout, double klCoefficient, out Dictionary<string, double> metrics)
    {
        using var noGrad = no_grad();
        var masks = rollout.Masks;
        var (old, references, values) = Read(rollout);                                                                  // (batch, T)
        var oldValues = values.masked_fill(masks.IsValued.logical_not(), 0);                                       // (batch, T)
        var scores = scorer.Score(rollout.Texts);                                                                       // (batch)
        var heldOut = models.HeldOutScore(rollout.Texts, options.PerDeviceEvalBatchSize);
        if (options.MissingEosPenalty is { } penalty) scores = PpoRewards.PenalizeMissingEnd(scores, tensor(rollout.HaveEnded, device: session.Device), penalty);
        var divergence = KlEstimator.PerToken(options.KlEstimator, old, references, masks.IsToken);                // (batch, T)
        metrics = new(PpoMetrics.Objective(old, divergence, scores, masks.IsToken, klCoefficient)) { ["ppo/std_scores"] = rollout.Count > 1 ? scores.std().item<float>() : 0 };
        if (heldOut is not null) metrics[HeldOutScores] = heldOut.Average();

        var rewards = PpoRewards.PerToken(divergence, scores, masks, klCoefficient);
        if (options.WhitenRewards) rewards = PpoRewards.Whiten(rewards, masks);
        var (advantages, returns) = GeneralizedAdvantage.Estimate(rewards, oldValues, options.Gamma, options.Lam);
        foreach (var (name, value) in PpoMetrics.Values(oldValues, oldValues, returns, masks.IsValued)) metrics[name] = value;
        return new Experience(old, oldValues, GeneralizedAdvantage.Whiten(advantages, masks), returns);
    }

    /// <summary>What the policy, its value head and the reference say of a batch of episodes; (batch, T) each.</summary>
    private (Tensor LogProbabilities, Tensor References, Tensor Values) Read(Rollout rollout) => microBatch.Within(() =>
    {
        using var scope = NewDisposeScope();
        var (logs, references, values) = (new List<Tensor>(), new List<Tensor>(), new List<Tensor>());
        foreach (var part in Enumerable.Range(0, rollout.Count).Chunk(microBatch.Size))
        {
            using var inner = NewDisposeScope();
            var rows = rollout.Index(part);
            var (statistics, predictions) = models.Evaluate(rollout, rows, options.Temperature);
            logs.Add(statistics.LogProbabilities.MoveToOuterDisposeScope());
            values.Add(predictions.MoveToOuterDisposeScope());
            references.Add(models.ReferenceLogProbabilities(rollout, rows, options.Temperature).MoveToOuterDisposeScope());
        }
        return (cat(logs).MoveToOuterDisposeScope(), cat(references).MoveToOuterDisposeScope(), cat(values).MoveToOuterDisposeScope());
    });
}

/// <summary>What a batch's tokens were worth when they were drawn; (batch, T) each.</summary>
internal sealed record Experience(Tensor LogProbabilities, Tensor Values, Tensor Advantages, Tensor Returns)
{
    public Experience Of(Tensor rows) =>
        new(LogProbabilities.index_select(0, rows), Values.index_select(0, rows), Advantages.index_select(0, rows), Returns.index_select(0, rows));
}
