using TorchSharp;
using static TorchSharp.torch;

namespace RlhfHub.Training.Models.Layers;

/// <summary>Cosines and sines of the rotary positions, computed in float64 once and kept for as many positions as were asked for so far.</summary>
internal sealed class RotaryTable(RopeOptions options, ScalarType dtype, Device device) : IDisposable
{
    private Tensor? cosines;   // (positions, dimensions)
    private Tensor? sines;     // (positions, dimensions); the first half negated, see Rotation
    private int builtFor;

    /// <summary>Rotations of positions start … start + count - 1 of a sequence, for every row alike.</summary>
    public Rotation At(int start, int count)
    {
        Ensure(start + count);
        return new(cosines!.narrow(0, start, count), sines!.narrow(0, start, count), options.Dimensions);
    }

    /// <summary>Rotations of one position a row.</summary>
    /// <param name="positions">(rows) or (rows, time), int64.</param>
    /// <param name="length">More than any position.</param>
    public Rotation At(Tensor positions, int length)
    {
        Ensure(length);
        using var scope = NewDisposeScope();
        var time = positions.dim() > 1 ? positions.size(1) : 1;
        var flat = positions.reshape(-1);
        Tensor Pick(Tensor table) => table.index_select(0, flat).view(positions.size(0), 1, time, options.Dimensions).MoveToOuterDisposeScope();
        return new(Pick(cosines!), Pick(sines!), options.Dimensions);
    }

    public void Dispose()
    {
        cosines?.Dispose();
        sines?.Dispose();
    }

    private void Ensure(int length)
    {
        // Frequencies of a dynamic scaling depend on the length beyond what may be cached, so such a table serves exactly one length.
        var isLengthBound = options.Scaling.CacheableLength is int limit && (length > limit || builtFor > limit);
        if (cosines is not null && (isLengthBound ? builtFor == length : builtFor >= length)) return;
        Build(isLengthBound ? length : Math.Max(length, Math.Min(2 * builtFor, options.Scaling.CacheableLength ?? int.MaxValue)));
    }

    private void Build(int length)
    {
        Dispose();
        var frequencies = options.Scaling.Frequencies(options, length);
        var half = frequencies.Length;
        var cos = new float[length * 2L * half];
        var sin = new float[length * 2L * half];
        for (var position = 0; position < length; position++)
        {
            for (var i = 0; i < half; i++)
            {
                var (s, c) = Math.SinCos(position * frequencies[i]);
                var at = position * 2 * half + i;
                cos[at] = cos[at + half] = (float)(c * options.Scaling.AttentionFactor);
                sin[at + half] = (float)(s * options.Scaling.AttentionFactor);
                sin[at] = -sin[at + half];
            }
        }
        using var scope = NewDisposeScope();
        // The table serves training too, whoever asks first: a tensor made in inference mode could not be saved for a backward pass.
        using var ordinary = inference_mode(false);
        cosines = tensor(cos, [length, 2 * half], dtype: dtype, device: device).DetachFromDisposeScope();
        sines = tensor(sin, [length, 2 * half], dtype: dtype, device: device).DetachFromDisposeScope();
        builtFor = length;
    }
}

/// <summary>The rotation of queries and keys at given positions.</summary>
/// <param name="Cosines">Broadcasts against (batch, heads, time, dimensions).</param>
/// <param name="Sines">Likewise; its first half is negated, so that x·cos + roll(x)·sin is the rotation.</param>
/// <param name="Dimensions">How many of a head's first dimensions are rotated.</param>
internal sealed record Rotation(Tensor Cosines, Tensor Sines, int Dimensions)
{
    private static readonly Scalar One = 1;

    public Tensor Apply(Tensor heads)   // (batch, heads, time, headDim) -> the same
    {
        var headDim = heads.size(-1);
        if (Dimensions == headDim) return Rotate(heads);
        var rotated = Rotate(heads.narrow(-1, 0, Dimensions));
        return cat([rotated, heads.narrow(-1, Dimensions, headDim - Dimensions)], -1);
    }

    // Dimension i pairs with i + half. Rolling by half swaps the halves, and the sign of rotate_half is in the sines.
    private Tensor Rotate(Tensor heads) => heads.mul(Cosines).addcmul(heads.roll(Dimensions / 2, -1), Sines, One);
}
