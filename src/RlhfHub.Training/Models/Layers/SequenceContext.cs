using RlhfHub.Training.Generation;
using static TorchSharp.torch;

namespace RlhfHub.Training.Models.Layers;

/// <summary>What every block of one forward pass needs to know beside its input: where the tokens stand and what they may see.</summary>
internal sealed class SequenceContext
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

    public Tensor? MaskOf(int layer) => layer >= WindowFromLayer ? WindowMask : Mask;
}
