using RlhfHub.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace RlhfHub.Training.Generation;

/// <summary>
/// Keys and values of every row and block, allocated ahead: decoding writes into it and never concatenates.
/// Every row counts its own positions from 0, so rows of different lengths stand side by side without padding between their tokens.
/// </summary>
internal sealed class KeyValueCache : IDisposable
{
    /// <summary>Capacity grows in steps of this many positions.</summary>
    private const int Granularity = 64;

    private readonly DecoderOptions options;
    private readonly ScalarType dtype;
    private readonly Device device;
    private readonly Tensor[] keys;
    private readonly Tensor[] values;

    public KeyValueCache(DecoderOptions options, ScalarType dtype, Device device, int rows)
    {
        this.options = options;
        this.dtype = dtype;
        this.device = device;
        Rows = rows;
        keys = new Tensor[options.Layers];
        values = new Tensor[options.Layers];
        HasTransposedKeys = dtype == ScalarType.Float32 && device.type == DeviceType.CPU;
        using var noGrad = no_grad();
        Zero = zeros(1, dtype: dtype, device: device).DetachFromDisposeScope();
    }

    /// <summary>Most rows that it holds.</summary>
    public int Rows { get; }

    /// <summary>Positions a row may have.</summary>
    public int Capacity { get; private set; }

    /// <summary>
    /// Keys lie (headDim, position) instead of (position, headDim). In float32 on a CPU a plain batched product over them beats this SDPA
    /// (about twice at 128 rows); SDPA is kept for bf16, where it alone sums in float32, and for GPUs.
    /// </summary>
    public bool HasTransposedKeys { get; }

    /// <summary>One zero: the summand of a product without a mask.</summary>
    public Tensor Zero { get; }

    public DecoderOptions Options => options;

    /// <summary>(rows · keyValueHeads, headDim, capacity) when <see cref="HasTransposedKeys"/>, else (rows · keyValueHeads, capacity, headDim).</summary>
    public Tensor Keys(int layer, int rows) => Prefix(keys[layer], rows);

    /// <summary>(rows · keyValueHeads, capacity, headDim).</summary>
    public Tensor Values(int layer, int rows) => Prefix(values[layer], rows);

    /// <summary>Makes room for this many positions a row, keeping what is there.</summary>
    /// <param name="positions">The room that is needed now.</param>
    /// <param name="most">What may be needed later: growing doubles the room, but not beyond this.</param>
    public void Reserve(int positions, int most)
    {
        if (positions <= Capacity) return;
        var wanted = Math.Max(positions, Math.Min(2 * Capacity, most));
        var capacity = (wanted + Granularity - 1) / Granularity * Granularity;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        for (var layer = 0; layer < options.Layers; layer++)
        {
            keys[layer] = Grow(keys[layer], capacity, HasTransposedKeys ? 2 : 1);
            values[layer] = Grow(values[layer], capacity, 1);
        }
        Capacity = capacity;
    }

    /// <summary>Writes a row's first positions over another row's.</summary>
    public void CopyRow(int from, int to, int positions)
    {
        using var scope = NewDisposeScope();
        for (var layer = 0; layer < options.Layers; layer++)
        {
            Copy(keys[layer], HasTransposedKeys ? 2 : 1);
            Copy(values[layer], 1);
        }

        void Copy(Tensor side, int dimension)
        {
            var heads = options.KeyValueHeads;
            side.narrow(0, to * heads, heads).narrow(dimension, 0, positions).copy_(side.narrow(0, from * heads, heads).narrow(dimension, 0, positions));
        }
    }

    public void Dispose()
    {
        foreach (var side in keys.Concat(values)) side?.Dispose();
        Zero.Dispose();
    }

    private Tensor Prefix(Tensor side, int rows) => rows == Rows ? side : side.narrow(0, 0, (long)rows * options.KeyValueHeads);

    private Tensor Grow(Tensor? old, int capacity, int dimension)
    {
        long heads = (long)Rows * options.KeyValueHeads, width = options.HeadDim;
        // Zeros, not what memory held: a masked position is multiplied by 0, and 0 · NaN is NaN.
        var grown = dimension == 2 ? zeros(heads, width, capacity, dtype: dtype, device: device) : zeros(heads, capacity, width, dtype: dtype, device: device);
        if (old is not null)
        {
            grown.narrow(dimension, 0, Capacity).copy_(old);
            old.Dispose();
        }
        return grown.DetachFromDisposeScope();
    }
}

/// <summary>The rows of a cache into which a whole-sequence pass leaves its keys and values.</summary>
/// <param name="Cache">The cache; it must have room for the sequences.</param>
/// <param name="FirstRow">The first row.</param>
/// <param name="RowCount">How many rows, one a sequence.</param>
internal sealed record PrefillTarget(KeyValueCache Cache, int FirstRow, int RowCount)
{
    public void Write(int layer, Tensor k, Tensor v)   // (rows, keyValueHeads, time, headDim) each
    {
        using var scope = NewDisposeScope();
        var heads = Cache.Options.KeyValueHeads;
        var (time, width) = (k.size(2), k.size(3));
        var keys = Cache.Keys(layer, Cache.Rows).narrow(0, FirstRow * heads, RowCount * heads);
        var values = Cache.Values(layer, Cache.Rows).narrow(0, FirstRow * heads, RowCount * heads);
        if (Cache.HasTransposedKeys) keys.narrow(2, 0, time).copy_(k.reshape(-1, time, width).transpose(1, 2));
        else keys.narrow(1, 0, time).copy_(k.reshape(-1, time, width));
        values.narrow(1, 0, time).copy_(v.reshape(-1, time, width));
    }
}
