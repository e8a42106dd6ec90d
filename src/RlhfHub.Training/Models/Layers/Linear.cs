using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Parameter = TorchSharp.Modules.Parameter;

namespace RlhfHub.Training.Models.Layers;

/// <summary>y = x Wᵀ + b, with the weight stored (out, in). Its numbers are undefined until they are loaded or initialised.</summary>
internal sealed class Linear : Module<Tensor, Tensor>
{
    public readonly Parameter weight;
    public readonly Parameter? bias;

    public Linear(int inFeatures, int outFeatures, bool hasBias, ScalarType dtype, Device device) : base(nameof(Linear))
    {
        weight = Parameter(empty(outFeatures, inFeatures, dtype: dtype, device: device));
        bias = hasBias ? Parameter(empty(outFeatures, dtype: dtype, device: device)) : null;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => functional.linear(input, weight, bias);   // (…, in) -> (…, out)
}
