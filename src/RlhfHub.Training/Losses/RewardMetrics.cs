using static TorchSharp.torch;

namespace RlhfHub.Training.Losses;

/// <summary>What a reward model's scores say, under TRL's names.</summary>
public static class RewardMetrics
{
    /// <summary><c>min_reward</c>, <c>mean_reward</c>, <c>max_reward</c> over all scores; <c>accuracy</c>, the share of pairs whose chosen scores higher
    /// (equal is wrong); <c>margin</c>, the mean lead.</summary>
    /// <param name="chosen">(pairs), at least one.</param>
    /// <param name="rejected">(pairs).</param>
    public static IReadOnlyDictionary<string, double> Of(Tensor chosen, Tensor rejected)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var all = cat([chosen, rejected]);
        return new Dictionary<string, double>
        {
            ["min_reward"] = Number(all.min()),
            ["mean_reward"] = Number(all.mean()),
            ["max_reward"] = Number(all.max()),
            ["accuracy"] = Number(chosen.gt(rejected).to(ScalarType.Float64).mean()),
            ["margin"] = Number(chosen.sub(rejected).mean()),
        };
    }

    /// <summary>
    /// Expected calibration error of σ(chosen − rejected): how far the stated confidence in the winner is from the share of wins, over bins of equal width
    /// between 0.5 and 1. Guo et al. 2017, https://arxiv.org/abs/1706.04599.
    /// </summary>
    /// <param name="chosen">(pairs).</param>
    /// <param name="rejected">(pairs).</param>
    /// <param name="bins">How many bins.</param>
    /// <returns>0 (a confidence of 80 % is right in 80 % of the pairs) to 1; 0 when there are no pairs.</returns>
    public static double CalibrationError(Tensor chosen, Tensor rejected, int bins = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        using var scope = NewDisposeScope();
        var leads = chosen.sub(rejected).detach().to(ScalarType.Float64).cpu().data<double>().ToArray();
        var gaps = new double[bins];
        foreach (var lead in leads)
        {
            var confidence = 1 / (1 + Math.Exp(-Math.Abs(lead)));
            var win = lead > 0 ? 1 : lead < 0 ? 0 : 0.5;
            gaps[Math.Min(bins - 1, (int)((confidence - 0.5) * 2 * bins))] += confidence - win;
        }
        return gaps.Sum(Math.Abs) / Math.Max(1, leads.Length);
    }

    private static double Number(Tensor scalar) => scalar.to(ScalarType.Float64).item<double>();
}
