using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RlhfHub.Training.Generation;

/// <summary>One new token for each of the first rows of a cache: where it is written and what it sees. Made once a step, used by every block.</summary>
internal sealed class DecodeStep : IDisposable
{
    private readonly KeyValueCache cache;
    private readonly int rows;
    private readonly Tensor? keyIndex;      // (rows·heads, headDim, 1), or (rows·heads, 1, headDim) where keys are not transposed
    private readonly Tensor? valueIndex;    // (rows·heads, 1, headDim)
    private readonly Tensor? mask;          // (rows, length), 0 or -inf
    private readonly Tensor? windowMask;    // the same for the blocks with a sliding window

    /// <param name="cache">Keys and values so far.</param>
    /// <param name="positions">The position of each row's new token.</param>
    public DecodeStep(KeyValueCache cache, ReadOnlySpan<int> positions)
    {
        this.cache = cache;
        rows = positions.Length;
        Length = 1;
        foreach (var position in positions) Length = Math.Max(Length, position + 1);
        if (!positions.ContainsAnyExcept(positions[0]))
        {
            SharedPosition = positions[0];
            return;
        }

        using var scope = NewDisposeScope();
        var device = cache.Zero.device;
        var options = cache.Options;
        Positions = tensor(Array.ConvertAll(positions.ToArray(), p => (long)p), device: device);                                        // (rows)
        var perHead = Positions.repeat_interleave(options.KeyValueHeads).view(-1, 1, 1);                                                // (rows·heads, 1, 1)
        valueIndex = perHead.expand(-1, 1, options.HeadDim);
        keyIndex = cache.HasTransposedKeys ? perHead.expand(-1, options.HeadDim, 1) : valueIndex.alias();
        var columns = arange(Length, dtype: ScalarType.Int64, device: device).unsqueeze(0);                                             // (1, length)
        var own = Positions.unsqueeze(1);                                                                                               // (rows, 1)
        var future = columns.gt(own);
        mask = Additive(future);
        if (options.SlidingWindow is int window) windowMask = Additive(future.logical_or(columns.le(own.sub(window)))).DetachFromDisposeScope();
        Positions.DetachFromDisposeScope();
        keyIndex.DetachFromDisposeScope();
        valueIndex.DetachFromDisposeScope();
        mask.DetachFromDisposeScope();
    }

    /// <summary>The position that all rows share; null where rows differ in length.</summary>
    public int? SharedPosition { get; }

    /// <summary>(rows), int64; null where <see cref="SharedPosition"/> says it.</summary>
    public Tensor? Positions { get; }

    /// <summary>One more than the greatest position.</summary>
    public int Length { get; }

    /// <summary>Writes one block's new keys and values and attends over all so far.</summary>
    /// <param name="layer">The block's number.</param>
    /// <param name="q">(rows, heads, 1, headDim).</param>
    /// <param name="k">(rows, keyValueHeads, 1, headDim).</param>
    /// <param name="v">(rows, keyValueHeads, 1, headDim).</param>
    /// <param name="scale">What the scores are multiplied by.</param>
    /// <returns>(rows, heads, 1, headDim).</returns>
    public Tensor Attend(int layer, Tensor q, Tensor k, Tensor v, double scale)
    {
        var options = cache.Options;
        long heads = options.KeyValueHeads, width = options.HeadDim, groups = options.Heads / options.KeyValueHeads;
        var keys = cache.Keys(layer, rows);
        var values = cache.Values(layer, rows);
        Write(keys, cache.HasTransposedKeys ? 2 : 1, keyIndex, k);
        Write(values, 1, valueIndex, v);

        var isWindowed = options.SlidingWindow is not null && layer >= options.SlidingWindowFromLayer;
        var start = isWindowed && SharedPosition is int last ? Math.Max(0, last + 1 - options.SlidingWindow!.Value) : 0;
        var layerMask = isWindowed ? windowMask : mask;
        var seenKeys = keys.narrow(cache.HasTransposedKeys ? 2 : 1, start, Length - start);
        var seenValues = values.narrow(1, start, Length - start);                                                                       // (rows·heads, seen, headDim)

        // The query heads of one key head are rows of one product: nothing is repeated.
        if (cache.HasTransposedKeys)
        {
            var summand = layerMask?.repeat_interleave(heads, 0).unsqueeze(1) ?? cache.Zero;
            // TorchSharp 0.107 takes the two factors first and the summand last, unlike PyTorch and its own parameter names.
            var scores = baddbmm(q.reshape(rows * heads, groups, width), seenKeys, summand, beta: layerMask is null ? 0 : 1, alpha: (float)scale);
            return scores.softmax(-1).bmm(seenValues).view(rows, options.Heads, 1, width);
        }
        var scaled = q.reshape(rows, heads, groups, width).mul(scale * Math.Sqrt(width));
        var attended = functional.scaled_dot_product_attention(scaled, Rows(seenKeys), Rows(seenValues), attn_mask: layerMask?.view(rows, 1, 1, Length).expand(rows, heads, groups, Length));
        return attended.reshape(rows, options.Heads, 1, width);

        Tensor Rows(Tensor side) => side.view(rows, heads, Length - start, width);
    }

    public void Dispose()
    {
        Positions?.Dispose();
        keyIndex?.Dispose();
        valueIndex?.Dispose();
        mask?.Dispose();
        windowMask?.Dispose();
    }

    private void Write(Tensor side, int dimension, Tensor? index, Tensor fresh)
    {
        var shape = dimension == 2 ? new[] { side.size(0), side.size(1), 1 } : [side.size(0), 1, side.size(2)];
        if (SharedPosition is int position) side.narrow(dimension, position, 1).copy_(fresh.reshape(shape));
        else side.scatter_(dimension, index!, fresh.reshape(shape));
    }

    private Tensor Additive(Tensor hidden) =>
        zeros(rows, Length, dtype: cache.Zero.dtype, device: cache.Zero.device).masked_fill_(hidden, float.NegativeInfinity);
}
