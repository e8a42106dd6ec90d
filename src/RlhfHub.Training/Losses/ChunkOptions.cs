using RlhfHub.Training.Models.Layers;
using static TorchSharp.torch;

namespace RlhfHub.Training.Losses;

/// <summary>How a batch is cut, and what its backward pass must yield.</summary>
internal sealed record ChunkOptions(double Temperature, long MaxLogits, bool NeedsHidden, bool NeedsHead)
{
    /// <summary>The only chunk's probabilities were kept, so that its logits need not be computed again.</summary>
    public bool IsKept { get; init; }

    public bool NeedsAny => NeedsHidden || NeedsHead;

    /// <summary>Start and length of each chunk; one of length 0 for an empty batch.</summary>
    public IReadOnlyList<(long Start, long Count)> Chunks(Tensor hidden, Tensor head)
    {
        var positions = hidden.size(0);
        var longest = Math.Max(1, MaxLogits / head.size(0));
        if (positions == 0) return [(0, 0)];
        return [.. Enumerable.Range(0, (int)((positions + longest - 1) / longest)).Select(i => (i * longest, Math.Min(longest, positions - i * longest)))];
    }

    /// <summary>Logits in float32 at least, whatever the model's type.</summary>
    public Tensor Logits(Tensor states, Tensor head)
    {
        var logits = LinearProduct.Of(states, head);
        if (logits.dtype is ScalarType.BFloat16 or ScalarType.Float16) logits = logits.to(ScalarType.Float32);
        return Temperature == 1 ? logits : logits.div_(Temperature);
    }

    /// <summary>Adds a chunk's share of the head's gradient, within the product where it can: a pass over (vocab, hidden) less for each chunk.</summary>
    /// <param name="sum">(vocab, hidden), the chunks before; null for the first.</param>
    /// <param name="slopes">(chunk, vocab), the gradient of the logits, in the model's type.</param>
    /// <param name="states">(chunk, hidden).</param>
    /// <param name="dtype">The logits' type, and the sum's: in half precision it would lose its small terms.</param>
    /// <returns>The sum; a first one belongs to the scope around the caller's.</returns>
    public static Tensor AddProduct(Tensor? sum, Tensor slopes, Tensor states, ScalarType dtype)
    {
        if (sum is not null && slopes.dtype == dtype) return sum.addmm_(slopes.t(), states, 1, 1);
        var part = slopes.t().mm(states).to(dtype);
        return sum is null ? part.MoveToOuterDisposeScope() : sum.add_(part);
    }
}
