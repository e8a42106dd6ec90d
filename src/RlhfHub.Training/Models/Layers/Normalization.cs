using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Parameter = TorchSharp.Modules.Parameter;

namespace RlhfHub.Training.Models.Layers;

/// <summary>The norm over the last dimension that stands before a sublayer: RMS or layer norm.</summary>
internal sealed class Normalization : Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter? bias;
    private readonly Tensor epsilonTensor;   // a buffer, so that it moves and dies with the module
    private readonly double epsilon;
    private readonly NormKind kind;
    private readonly long[] shape;
    private readonly RmsNormConstants constants;

    public Normalization(NormKind kind, int width, double epsilon, ScalarType dtype, Device device) : base(nameof(Normalization))
    {
        this.kind = kind;
        this.epsilon = epsilon;
        shape = [width];
        weight = Parameter(ones(width, dtype: dtype, device: device));
        bias = kind == NormKind.Layer ? Parameter(zeros(width, dtype: dtype, device: device)) : null;
        epsilonTensor = tensor((float)epsilon, device: device);
        constants = new RmsNormConstants(epsilonTensor, 1.0 / width);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) =>   // (…, width) -> (…, width)
        kind == NormKind.Layer ? functional.layer_norm(input, shape, weight, bias, epsilon) : RmsNorm.Run(input, weight, constants);
}
