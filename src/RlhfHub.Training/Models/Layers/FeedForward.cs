using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RlhfHub.Training.Models.Layers;

/// <summary>The position-wise layer: down(act(up(x))), or down(act(gate(x)) * up(x)). Shazeer 2020, https://arxiv.org/abs/2002.05202.</summary>
internal sealed class FeedForward : Module<Tensor, Tensor>
{
    private readonly Linear? gate;
    private readonly Linear up;
    private readonly Linear down;
    private readonly Activation activation;

    public FeedForward(DecoderOptions options, ScalarType dtype, Device device) : base(nameof(FeedForward))
    {
        activation = options.Activation;
        var (hidden, inner, bias) = (options.HiddenSize, options.IntermediateSize, options.HasFeedForwardBias);
        gate = options.IsGated ? new Linear(hidden, inner, bias, dtype, device) : null;
        up = new Linear(hidden, inner, bias, dtype, device);
        down = new Linear(inner, hidden, bias, dtype, device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)   // (…, hidden) -> (…, hidden)
    {
        // The widest states of the whole model: freed here, not with the block.
        using var wide = up.forward(input);                                  // (…, inner)
        if (gate is null)
        {
            using var activated = Activate(wide);
            return down.forward(activated);
        }
        using var gateWide = gate.forward(input);
        using var gateActivated = Activate(gateWide);
        using var inner = gateActivated.mul(wide);
        return down.forward(inner);
    }

    private Tensor Activate(Tensor input) => activation switch
    {
        Activation.Silu => functional.silu(input),
        Activation.Gelu => functional.gelu(input),
        Activation.GeluTanh => functional.gelu(input, TorchSharp.Modules.GELU.Approximate.tanh),
        _ => functional.relu(input),
    };
}
