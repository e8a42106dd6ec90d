using RlhfHub.Training.Devices;
using RlhfHub.Training.Generation;
using RlhfHub.Training.Models.Layers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Parameter = TorchSharp.Modules.Parameter;

namespace RlhfHub.Training.Models;

/// <summary>The stack that all families share: embedding, blocks, final norm. Gives hidden states; a head makes logits or scores of them.</summary>
public sealed class Decoder : Module<Tensor, Tensor>
{
    private readonly Embedding embedding;
    private readonly Embedding? positionEmbedding;
    private readonly TorchSharp.Modules.ModuleList<Block> blocks;
    private readonly Normalization finalNorm;
    private readonly RotaryTable? rotary;
    private readonly RecomputationFailure failure = new();

    internal Decoder(DecoderOptions options, ScalarType dtype, Device device) : base(nameof(Decoder))
    {
        NativeHeap.FitTo(options.ParameterCount);
        Options = options;
        DType = dtype;
        Device = device;
        embedding = new Embedding(options.VocabularySize, options.HiddenSize, dtype, device);
        positionEmbedding = options.Rope is null ? new Embedding(options.MaxPositions, options.HiddenSize, dtype, device) : null;
        blocks = new TorchSharp.Modules.ModuleList<Block>([.. Enumerable.Range(0, options.Layers).Select(layer => new Block(options, layer, dtype, device))]);
        finalNorm = new Normalization(options.Norm, options.HiddenSize, options.NormEpsilon, dtype, device);
        rotary = options.Rope is null ? null : new RotaryTable(options.Rope, dtype, device);
        RegisterComponents();
    }

    /// <summary>What it is made of.</summary>
    public DecoderOptions Options { get; }

    /// <summary>The type of its weights and activations.</summary>
    public ScalarType DType { get; }

    /// <summary>Where its weights lie.</summary>
    public Device Device { get; }

    /// <summary>Keep only each block's input for the backward pass and compute the rest again: far less memory, a third more time, the same numbers.</summary>
    public bool UsesGradientCheckpointing { get; set; }

    /// <summary>To be called after each backward pass with <see cref="UsesGradientCheckpointing"/>: throws what went wrong inside it, such as running out of memory.</summary>
    public void ThrowIfBackwardFailed() => failure.ThrowIfAny();

    internal Parameter EmbeddingWeight => embedding.weight;

    /// <summary>Hidden states of whole sequences that start at position 0 and are padded, if at all, on the right.</summary>
    /// <param name="ids">(batch, time), int64. What stands in padding is ignored: under a causal mask no real token sees it.</param>
    /// <returns>(batch, time, hidden), in <see cref="DType"/>. Rows beyond a sequence's end are meaningless.</returns>
    public override Tensor forward(Tensor ids) => forward(ids, null);

    /// <summary>Hidden states of whole sequences with padding on either side.</summary>
    /// <param name="ids">(batch, time), int64.</param>
    /// <param name="mask">(batch, time): 1 for a token, 0 for padding. Positions count the tokens of a row. Null when there is no padding on the left.</param>
    /// <returns>(batch, time, hidden), in <see cref="DType"/>. What stands at padding is meaningless.</returns>
    public Tensor forward(Tensor ids, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        var time = (int)ids.size(1);
        if (mask is null) return Run(ids, Whole(time), PositionRows(0, time)).MoveToOuterDisposeScope();
        var positions = mask.to(ScalarType.Int64).cumsum(1).sub(1).clamp_min(0);                            // (batch, time)
        var isKey = mask.to(ScalarType.Bool).unsqueeze(1).unsqueeze(1);                                     // (batch, 1, 1, time)
        var context = new SequenceContext
        {
            Rotation = rotary?.At(positions, time),
            Mask = AttentionMasks.Additive(AttentionMasks.Causal(time, null, Device), isKey, DType),
            WindowMask = Options.SlidingWindow is int window ? AttentionMasks.Additive(AttentionMasks.Causal(time, window, Device), isKey, DType) : null,
            WindowFromLayer = Options.SlidingWindow is null ? int.MaxValue : Options.SlidingWindowFromLayer,
        };
        return Run(ids, context, positionEmbedding?.forward(positions)).MoveToOuterDisposeScope();
    }

    /// <summary>Hidden states of rows that hold several sequences, none of which sees another.</summary>
    /// <param name="ids">(batch, time), int64.</param>
    /// <param name="segments">(batch, time), int64: which sequence of its row a token belongs to.</param>
    /// <param name="positions">(batch, time), int64: its position in that sequence, from 0.</param>
    /// <returns>(batch, time, hidden), in <see cref="DType"/>.</returns>
    public Tensor Packed(Tensor ids, Tensor segments, Tensor positions)
    {
        using var scope = NewDisposeScope();
        var time = (int)ids.size(1);
        var isSame = segments.unsqueeze(1).unsqueeze(3).eq(segments.unsqueeze(1).unsqueeze(2));             // (batch, 1, time, time)
        var context = new SequenceContext
        {
            Rotation = rotary?.At(positions, time),
            Mask = AttentionMasks.Additive(AttentionMasks.Causal(time, null, Device), isSame, DType),
            WindowMask = Options.SlidingWindow is int window ? AttentionMasks.Additive(AttentionMasks.Causal(time, window, Device), isSame, DType) : null,
            WindowFromLayer = Options.SlidingWindow is null ? int.MaxValue : Options.SlidingWindowFromLayer,
        };
        return Run(ids, context, positionEmbedding?.forward(positions)).MoveToOuterDisposeScope();
    }

    /// <summary>Hidden states of new sequences, whose keys and values go into rows of a cache.</summary>
    internal Tensor Prefill(Tensor ids, PrefillTarget target)
    {
        using var scope = NewDisposeScope();
        var time = (int)ids.size(1);
        return Run(ids, Whole(time, target), PositionRows(0, time)).MoveToOuterDisposeScope();
    }

    /// <summary>Hidden states of one more token a row.</summary>
    /// <param name="ids">(rows, 1), int64.</param>
    /// <param name="step">Where each row stands in the cache.</param>
    internal Tensor Decode(Tensor ids, DecodeStep step)
    {
        using var scope = NewDisposeScope();
        var shared = step.SharedPosition;
        var context = new SequenceContext
        {
            Step = step,
            Rotation = shared is int position ? rotary?.At(position, 1) : rotary?.At(step.Positions!, step.Length),
        };
        var learned = shared is int at ? PositionRows(at, 1) : positionEmbedding?.forward(step.Positions!.unsqueeze(1));
        return Run(ids, context, learned).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) rotary?.Dispose();
        base.Dispose(disposing);
    }

    private Tensor Run(Tensor ids, SequenceContext context, Tensor? learnedPositions)
    {
        var state = embedding.forward(ids);                                                                 // (batch, time, hidden)
        if (learnedPositions is not null) state = state.add(learnedPositions);
        foreach (var block in blocks)
        {
            // Freed at once where nothing will be differentiated: else all layers' states would live until the end of the pass.
            var next = UsesGradientCheckpointing && is_grad_enabled() ? BlockCheckpoint.Run(block, state, context, failure) : block.forward(state, context);
            state.Dispose();
            state = next;
        }
        return finalNorm.forward(state);
    }

    private SequenceContext Whole(int time, PrefillTarget? target = null)
    {
        var isWindowed = Options.SlidingWindow is int window && time > window;
        return new()
        {
            Rotation = rotary?.At(0, time),
            WindowMask = isWindowed ? AttentionMasks.Additive(AttentionMasks.Causal(time, Options.SlidingWindow, Device), null, DType) : null,
            WindowFromLayer = isWindowed ? Options.SlidingWindowFromLayer : int.MaxValue,
            Prefill = target,
        };
    }

    private Tensor? PositionRows(int start, int count) => positionEmbedding?.weight.narrow(0, start, count);   // (time, hidden)
}
