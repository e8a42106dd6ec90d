namespace RlhfHub.Training.Losses;

/// <summary>Sets the price of a nat of KL in the reward.</summary>
public interface IKlController
{
    /// <summary>The price now.</summary>
    double Coefficient { get; }

    /// <summary>Learns what a batch cost; once a batch.</summary>
    /// <param name="kl">Mean over episodes of the KL summed over tokens, in nats.</param>
    /// <param name="episodes">Episodes in the batch.</param>
    void Update(double kl, int episodes);
}

/// <summary>The same price always.</summary>
/// <param name="coefficient">The price; TRL's default is 0.05.</param>
public sealed class FixedKlController(double coefficient) : IKlController
{
    /// <inheritdoc/>
    public double Coefficient => coefficient;

    /// <inheritdoc/>
    public void Update(double kl, int episodes)
    {
    }
}

/// <summary>Moves the price so that the KL comes near a target, by at most 20 % a horizon. Ziegler et al. 2019, https://arxiv.org/abs/1909.08593.</summary>
/// <param name="coefficient">The price at first, or the one to resume with.</param>
/// <param name="target">The KL wanted, in nats an episode; 6 in lm-human-preferences.</param>
/// <param name="horizon">Episodes over which an error of 100 % would double the price; 10,000 there.</param>
public sealed class AdaptiveKlController(double coefficient, double target = 6, double horizon = 10_000) : IKlController
{
    private const double LargestError = 0.2;

    /// <inheritdoc/>
    public double Coefficient { get; private set; } = coefficient;

    /// <inheritdoc/>
    public void Update(double kl, int episodes)
    {
        var error = Math.Clamp(kl / target - 1, -LargestError, LargestError);
        Coefficient *= 1 + error * episodes / horizon;
    }
}
