using RlhfHub.Training.Generation;
using static TorchSharp.torch;

namespace RlhfHub.Training.Models.Layers;

/// <summary>What every block of one forward pass needs to know beside its input: where the tokens stand and what they may see.</summary>
internal sealed record SequenceContext
{
    /// <summary>The rotation of the tokens at hand; null where positions are learned.</summary>
    public Rotation? Rotation { get; init; }

    /// <summary>Added to the attention scores of a whole-sequence pass, (batch or 1, 1, time, time); null means plain causal.</summary>
    public Tensor? Mask { get; init; }

    /// <summary>The same for the blocks with a sliding window.</summary>
    public Tensor? WindowMask { get; init; }

    /// <summary>The first block with a sliding window.</summary>
    public int WindowFromLayer { get; init; } = int.MaxValue;

    /// <summary>Where a whole-sequence pass leaves its keys and values; null when nothing follows.</summary>
    public PrefillTarget? Prefill { get; init; }

    /// <summary>One token a row over cached keys and values; null for a whole-sequence pass.</summary>
    public DecodeStep? Step { get; init; }

    /// <summary>What a whole-sequence pass without a cache holds, in the order that <see cref="With"/> takes.</summary>
    public IEnumerable<Tensor> Tensors => new[] { Rotation?.Cosines, Rotation?.Sines, Mask, WindowMask }.OfType<Tensor>();

    /// <summary>The same context over other handles of its tensors.</summary>
    public SequenceContext With(IEnumerable<Tensor> tensors)
    {
        var next = new Queue<Tensor>(tensors);
        return this with
        {
            Rotation = Rotation is null ? null : Rotation with { Cosines = next.Dequeue(), Sines = next.Dequeue() },
            Mask = Mask is null ? null : next.Dequeue(),
            WindowMask = WindowMask is null ? null : next.Dequeue(),
        };
    }

    public Tensor? MaskOf(int layer) => layer >= WindowFromLayer ? WindowMask : Mask;
}
