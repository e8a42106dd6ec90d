using static TorchSharp.torch;

namespace RlhfHub.Training.Losses;

/// <summary>What a batch of sampled responses says, under the names of TRL and lm-human-preferences. Sums go over an episode's tokens, means over
/// episodes.</summary>
public static class PpoMetrics
{
    /// <summary><c>objective/kl</c>, <c>objective/entropy</c>, <c>objective/non_score_reward</c>, <c>objective/scores</c>,
    /// <c>objective/rlhf_reward</c>.</summary>
    /// <remarks>The entropy is Σ −log π over real tokens. TRL also adds −1 for every pad, so that its figure falls as responses get shorter.</remarks>
    /// <param name="logProbabilities">(batch, T): of the drawn tokens.</param>
    /// <param name="kl">(batch, T), 0 at pads.</param>
    /// <param name="scores">(batch).</param>
    /// <param name="isToken">(batch, T), bool.</param>
    /// <param name="klCoefficient">Price of a nat.</param>
    public static IReadOnlyDictionary<string, double> Objective(Tensor logProbabilities, Tensor kl, Tensor scores, Tensor isToken, double klCoefficient)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var meanKl = Number(kl.sum(1).mean());
        var meanScore = Number(scores.mean());
        return new Dictionary<string, double>
        {
            ["objective/kl"] = meanKl,
            ["objective/entropy"] = -Number(SequenceLogProbabilities.Sum(logProbabilities, isToken).mean()),
            ["objective/non_score_reward"] = -klCoefficient * meanKl,
            ["objective/scores"] = meanScore,
            ["objective/rlhf_reward"] = meanScore - klCoefficient * meanKl,
        };
    }

    /// <summary><c>ppo/returns/mean</c>, <c>ppo/returns/var</c>, <c>ppo/val/vpred</c>, <c>ppo/val/error</c>, <c>ppo/val/mean</c>, <c>ppo/val/var</c>,
    /// <c>ppo/val/var_explained</c>.</summary>
    /// <remarks>Variances have n below, as in lm-human-preferences. The explained share is 1 − error / variance of the returns, and 0 when those do not
    /// vary.</remarks>
    /// <param name="predictions">(batch, T): values of the model in training.</param>
    /// <param name="oldValues">(batch, T): when the tokens were drawn.</param>
    /// <param name="returns">(batch, T).</param>
    /// <param name="isValued">(batch, T), bool.</param>
    public static IReadOnlyDictionary<string, double> Values(Tensor predictions, Tensor oldValues, Tensor returns, Tensor isValued)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var error = Number(MaskedStatistics.Mean(predictions.sub(returns).square(), isValued));
        var variance = Spread(returns);
        return new Dictionary<string, double>
        {
            ["ppo/returns/mean"] = Number(MaskedStatistics.Mean(returns, isValued)),
            ["ppo/returns/var"] = variance,
            ["ppo/val/vpred"] = Number(MaskedStatistics.Mean(predictions, isValued)),
            ["ppo/val/error"] = error,
            ["ppo/val/mean"] = Number(MaskedStatistics.Mean(oldValues, isValued)),
            ["ppo/val/var"] = Spread(oldValues),
            ["ppo/val/var_explained"] = variance > 0 ? 1 - error / variance : 0,
        };

        double Spread(Tensor values) => Number(MaskedStatistics.Mean(values.sub(MaskedStatistics.Mean(values, isValued)).square(), isValued));
    }

    private static double Number(Tensor scalar) => scalar.to(ScalarType.Float64).item<double>();
}
