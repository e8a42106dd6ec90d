using static TorchSharp.torch;

namespace RlhfHub.Training.Losses;

/// <summary>
/// Shifts and scales scores to mean 0 and deviation 1 over all that were shown to it: gain and bias of lm-human-preferences, where they are set from samples of
/// the reference policy. Ziegler et al. 2019, https://arxiv.org/abs/1909.08593.
/// </summary>
public sealed class RewardNormalizer
{
    private readonly bool scales;

    /// <summary>Starts with what was seen before.</summary>
    /// <param name="seen">A saved <see cref="Seen"/>; null for nothing.</param>
    /// <param name="scales">False only shifts the mean to 0, as summarize-from-feedback does.</param>
    public RewardNormalizer(RewardMoments? seen = null, bool scales = true)
    {
        Seen = seen ?? new(0, 0, 0);
        this.scales = scales;
    }

    /// <summary>What the normalisation rests on, for checkpoints.</summary>
    public RewardMoments Seen { get; private set; }

    /// <summary>1 / deviation (with n below); 1 while the scores seen do not vary.</summary>
    public double Gain => scales && Seen.SquaredDeviations > 0 ? 1 / Math.Sqrt(Seen.SquaredDeviations / Seen.Count) : 1;

    /// <summary>Minus the gained mean.</summary>
    public double Bias => -Gain * Seen.Mean;

    /// <summary>Takes more scores into account; in any number of pieces the result is the same.</summary>
    /// <param name="rewards">(…), raw.</param>
    public void Update(Tensor rewards)
    {
        using var scope = NewDisposeScope();
        var values = rewards.detach().to(ScalarType.Float64);
        if (values.numel() == 0) return;
        // Chan's way of joining two sets of moments: no difference of large sums.
        var (count, mean) = (values.numel(), values.mean().item<double>());
        var squares = values.sub(mean).square().sum().item<double>();
        var (total, gap) = (Seen.Count + count, mean - Seen.Mean);
        Seen = new(total, Seen.Mean + gap * count / total, Seen.SquaredDeviations + squares + gap * gap * Seen.Count * count / total);
    }

    /// <summary>gain · reward + bias.</summary>
    /// <param name="rewards">(…), raw.</param>
    /// <returns>(…).</returns>
    public Tensor Apply(Tensor rewards)
    {
        using var scope = NewDisposeScope();
        return rewards.mul(Gain).add(Bias).MoveToOuterDisposeScope();
    }
}

/// <summary>Moments of the scores that were seen.</summary>
/// <param name="Count">How many.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="SquaredDeviations">Σ (x − mean)².</param>
public sealed record RewardMoments(long Count, double Mean, double SquaredDeviations);
