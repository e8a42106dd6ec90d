using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RlhfHub.Training.Models.Layers;

/// <summary>
/// One pre-norm transformer block. Its dispose scope holds the temporaries of all layers within: a scope of each layer's own would cost a small model
/// an eighth of its decoding speed.
/// </summary>
internal sealed class Block : Module<Tensor, SequenceContext, Tensor>
{
    private readonly Normalization attentionNorm;
    private readonly SelfAttention attention;
    private readonly Normalization feedForwardNorm;
    private readonly FeedForward feedForward;
    private readonly bool isParallel;

    public Block(DecoderOptions options, int layer, ScalarType dtype, Device device) : base(nameof(Block))
    {
        attentionNorm = new Normalization(options.Norm, options.HiddenSize, options.NormEpsilon, dtype, device);
        attention = new SelfAttention(options, layer, dtype, device);
        feedForwardNorm = new Normalization(options.Norm, options.HiddenSize, options.NormEpsilon, dtype, device);
        feedForward = new FeedForward(options, dtype, device);
        isParallel = options.HasParallelResidual;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input, SequenceContext context)   // (batch, time, hidden) -> the same
    {
        using var scope = NewDisposeScope();
        var attended = attention.forward(attentionNorm.forward(input), context);
        var middle = input.add(attended);
        var widened = feedForward.forward(feedForwardNorm.forward(isParallel ? input : middle));
        return middle.add(widened).MoveToOuterDisposeScope();
    }
}
