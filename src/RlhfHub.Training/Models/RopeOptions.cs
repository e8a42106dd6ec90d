namespace RlhfHub.Training.Models;

/// <summary>Rotary position embedding. Su et al. 2021, https://arxiv.org/abs/2104.09864.</summary>
public sealed record RopeOptions
{
    /// <summary>The base of the wavelengths.</summary>
    public double Theta { get; init; } = 10000;

    /// <summary>How many of a head's dimensions are rotated; the rest pass through.</summary>
    public required int Dimensions { get; init; }

    /// <summary>How the wavelengths are stretched for long contexts.</summary>
    public RopeScaling Scaling { get; init; } = new NoRopeScaling();
}

/// <summary>A way to stretch rotary wavelengths beyond the context that a model was trained with.</summary>
public abstract record RopeScaling
{
    /// <summary>The factor on cosine and sine (YaRN's temperature); 1 for all others.</summary>
    public virtual double AttentionFactor => 1;

    /// <summary>The context length up to which keys may be cached; beyond it the rotation of earlier tokens changes. Null for no such limit.</summary>
    public virtual int? CacheableLength => null;

    /// <summary>Angular frequencies, one a pair of dimensions, radians per token.</summary>
    /// <param name="rope">Base and number of rotated dimensions.</param>
    /// <param name="length">Length of the sequence at hand, in tokens.</param>
    public abstract double[] Frequencies(RopeOptions rope, int length);

    /// <summary>theta^(-2i/d), the unscaled frequencies.</summary>
    protected static double[] Plain(double theta, int dimensions) =>
        [.. Enumerable.Range(0, dimensions / 2).Select(i => Math.Pow(theta, -2.0 * i / dimensions))];
}

/// <summary>No scaling.</summary>
public sealed record NoRopeScaling : RopeScaling
{
    /// <inheritdoc/>
    public override double[] Frequencies(RopeOptions rope, int length) => Plain(rope.Theta, rope.Dimensions);
}

/// <summary>Positions divided by a factor. Chen et al. 2023, https://arxiv.org/abs/2306.15595.</summary>
/// <param name="Factor">At least 1.</param>
public sealed record LinearRopeScaling(double Factor) : RopeScaling
{
    /// <inheritdoc/>
    public override double[] Frequencies(RopeOptions rope, int length) => [.. Plain(rope.Theta, rope.Dimensions).Select(f => f / Factor)];
}

/// <summary>The base grows with the sequence once it is longer than the trained context ("dynamic NTK").</summary>
/// <param name="Factor">At least 1.</param>
/// <param name="TrainedPositions">The context that the model was trained with, in tokens.</param>
public sealed record DynamicRopeScaling(double Factor, int TrainedPositions) : RopeScaling
{
    /// <inheritdoc/>
    public override int? CacheableLength => TrainedPositions;

    /// <inheritdoc/>
    public override double[] Frequencies(RopeOptions rope, int length)
    {
        if (length <= TrainedPositions) return Plain(rope.Theta, rope.Dimensions);
        var stretch = Factor * length / TrainedPositions - (Factor - 1);
        return Plain(rope.Theta * Math.Pow(stretch, rope.Dimensions / (rope.Dimensions - 2.0)), rope.Dimensions);
    }
}

/// <summary>Llama 3's scaling: long wavelengths are stretched by the whole factor, short ones not at all, those between partly.</summary>
/// <param name="Factor">At least 1.</param>
/// <param name="LowFrequencyFactor">Wavelengths above TrainedPositions / this are stretched in full.</param>
/// <param name="HighFrequencyFactor">Wavelengths below TrainedPositions / this are left alone.</param>
/// <param name="TrainedPositions">The context that the model was trained with, in tokens.</param>
public sealed record Llama3RopeScaling(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int TrainedPositions) : RopeScaling
{
    /// <inheritdoc/>
    public override double[] Frequencies(RopeOptions rope, int length) => [.. Plain(rope.Theta, rope.Dimensions).Select(Scale)];

    private double Scale(double frequency)
    {
        var wavelength = 2 * Math.PI / frequency;
        if (wavelength < TrainedPositions / HighFrequencyFactor) return frequency;
        if (wavelength > TrainedPositions / LowFrequencyFactor) return frequency / Factor;
        var share = (TrainedPositions / wavelength - LowFrequencyFactor) / (HighFrequencyFactor - LowFrequencyFactor);
        return (1 - share) * frequency / Factor + share * frequency;
    }
}

/// <summary>YaRN: a ramp between stretched and plain frequencies, and a temperature on the attention. Peng et al. 2023, https://arxiv.org/abs/2309.00071.</summary>
public sealed record YarnRopeScaling : RopeScaling
{
    /// <summary>The stretch, at least 1.</summary>
    public required double Factor { get; init; }

    /// <summary>The context that the model was trained with, in tokens.</summary>
    public required int TrainedPositions { get; init; }

    /// <summary>Rotations within the trained context above which a dimension is left alone.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary>Rotations within the trained context below which a dimension is stretched in full.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary>The factor on cosine and sine, when the config states it.</summary>
    public double? StatedAttentionFactor { get; init; }

    /// <summary>The slope of the temperature's formula, when the config states it.</summary>
    public double? Mscale { get; init; }

    /// <summary>The slope that the temperature is divided by, when the config states it.</summary>
    public double? MscaleAllDim { get; init; }

    /// <summary>Whether the ramp's ends are rounded to whole dimensions.</summary>
    public bool Truncate { get; init; } = true;

    /// <inheritdoc/>
    public override double AttentionFactor =>
        StatedAttentionFactor ?? (Mscale is > 0 && MscaleAllDim is > 0 ? Temperature(Mscale.Value) / Temperature(MscaleAllDim.Value) : Temperature(1));

    /// <inheritdoc/>
    public override double[] Frequencies(RopeOptions rope, int length)
    {
        var low = DimensionOf(BetaFast, rope);
        var high = DimensionOf(BetaSlow, rope);
        if (Truncate) (low, high) = (Math.Floor(low), Math.Ceiling(high));
        low = Math.Max(low, 0);
        high = Math.Min(high, rope.Dimensions - 1);
        if (low == high) high += 0.001;   // no division by zero where the ramp has no width
        return [.. Plain(rope.Theta, rope.Dimensions).Select((frequency, i) =>
        {
            var stretched = Math.Clamp((i - low) / (high - low), 0, 1);
            return frequency / Factor * stretched + frequency * (1 - stretched);
        })];
    }

    private double DimensionOf(double rotations, RopeOptions rope) =>
        rope.Dimensions * Math.Log(TrainedPositions / (rotations * 2 * Math.PI)) / (2 * Math.Log(rope.Theta));

    private double Temperature(double slope) => Factor <= 1 ? 1 : 0.1 * slope * Math.Log(Factor) + 1;
}
