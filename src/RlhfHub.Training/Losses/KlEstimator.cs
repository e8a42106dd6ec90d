using static TorchSharp.torch;

namespace RlhfHub.Training.Losses;

/// <summary>Which estimate of KL(π ‖ ref) is taken from tokens that π drew. http://joschu.net/blog/kl-approx.html.</summary>
public enum KlEstimatorKind
{
    /// <summary>log π − log ref: unbiased, may be negative.</summary>
    K1,

    /// <summary>½ (log π − log ref)²: biased, never negative.</summary>
    K2,

    /// <summary>ref/π − 1 − log(ref/π): unbiased, never negative.</summary>
    K3,
}

/// <summary>Estimates of the KL divergence, token by token, in nats.</summary>
public static class KlEstimator
{
    /// <summary>The estimate at each token; 0 outside the mask.</summary>
    /// <param name="kind">Which estimate.</param>
    /// <param name="logProbabilities">(batch, T): log π of the drawn tokens.</param>
    /// <param name="reference">(batch, T): log ref of the same.</param>
    /// <param name="isToken">(batch, T), bool.</param>
    /// <returns>(batch, T).</returns>
    public static Tensor PerToken(KlEstimatorKind kind, Tensor logProbabilities, Tensor reference, Tensor isToken)
    {
        using var scope = NewDisposeScope();
        // Zeroed before the exponential: what stands at a pad might overflow it.
        var ratio = MaskedStatistics.ZeroOutside(logProbabilities.sub(reference), isToken);
        return (kind switch
        {
            KlEstimatorKind.K1 => ratio,
            KlEstimatorKind.K2 => ratio.square().mul(0.5),
            _ => ratio.neg().expm1().add(ratio),
        }).MoveToOuterDisposeScope();
    }
}
