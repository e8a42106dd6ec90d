using static TorchSharp.torch;

namespace RlhfHub.Training.Losses;

/// <summary>Mean, variance and whitening over the marked elements of a tensor. Pads may hold anything, NaN too.</summary>
/// <remarks>Where TRL stops or gives NaN (no element for a mean, fewer than two for a variance), these are 0: a batch of pads teaches nothing.</remarks>
public static class MaskedStatistics
{
    /// <summary>Keeps a division by a standard deviation of 0 finite; TRL's value.</summary>
    private const double WhitenEpsilon = 1e-8;

    /// <summary>The mean.</summary>
    /// <param name="values">(…).</param>
    /// <param name="mask">(…), bool: which count.</param>
    /// <returns>().</returns>
    public static Tensor Mean(Tensor values, Tensor mask)
    {
        using var scope = NewDisposeScope();
        return Sum(values, mask).div(Count(values, mask).clamp_min(1)).MoveToOuterDisposeScope();
    }

    /// <summary>The unbiased variance, with n − 1 below.</summary>
    /// <inheritdoc cref="Mean"/>
    public static Tensor Variance(Tensor values, Tensor mask)
    {
        using var scope = NewDisposeScope();
        var centred = values.sub(Mean(values, mask));
        return Sum(centred.mul(centred), mask).div(Count(values, mask).sub(1).clamp_min(1)).MoveToOuterDisposeScope();
    }

    /// <summary>Scales to variance 1, and shifts to mean 0 unless told to keep the mean.</summary>
    /// <param name="values">(…).</param>
    /// <param name="mask">(…), bool: which count.</param>
    /// <param name="shiftMean">False keeps the mean: rewards keep their sign, advantages do not need theirs.</param>
    /// <returns>(…); 0 where the mask is false.</returns>
    public static Tensor Whiten(Tensor values, Tensor mask, bool shiftMean = true)
    {
        using var scope = NewDisposeScope();
        var mean = Mean(values, mask);
        var whitened = values.sub(mean).mul(Variance(values, mask).add(WhitenEpsilon).rsqrt());
        if (!shiftMean) whitened = whitened.add(mean);
        return ZeroOutside(whitened, mask).MoveToOuterDisposeScope();
    }

    /// <summary>The sum.</summary>
    /// <inheritdoc cref="Mean"/>
    public static Tensor Sum(Tensor values, Tensor mask)
    {
        using var scope = NewDisposeScope();
        return ZeroOutside(values, mask).sum().MoveToOuterDisposeScope();
    }

    // Not a product with the mask: NaN · 0 is NaN.
    internal static Tensor ZeroOutside(Tensor values, Tensor mask) => values.masked_fill(mask.logical_not(), 0);

    private static Tensor Count(Tensor values, Tensor mask) => mask.sum().to(values.dtype);
}
