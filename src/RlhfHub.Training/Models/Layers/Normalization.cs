using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Parameter = TorchSharp.Modules.Parameter;

namespace RlhfHub.Training.Models.Layers;

/// <summary>The norm over the last dimension that stands before a sublayer: RMS or layer norm.</summary>
internal sealed class Normalization : Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter? bias;
    private readonly Tensor epsilonTensor;   // a buffer: addcmul takes it as a tensor
    private readonly double epsilon;
    private readonly NormKind kind;
    private readonly long[] shape;
    private readonly Scalar inverseWidth;

    public Normalization(NormKind kind, int width, double epsilon, ScalarType dtype, Device device) : base(nameof(Normalization))
    {
        this.kind = kind;
        this.epsilon = epsilon;
        shape = [width];
        inverseWidth = 1.0 / width;
        weight = Parameter(ones(width, dtype: dtype, device: device));
        bias = kind == NormKind.Layer ? Parameter(zeros(width, dtype: dtype, device: device)) : null;
        epsilonTensor = tensor((float)epsilon, device: device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)   // (…, width) -> (…, width)
    {
        if (kind == NormKind.Layer) return functional.layer_norm(input, shape, weight, bias, epsilon);
        // In float32 whatever the model's type, as the field's models were trained. The 2-norm squared is the sum of squares in one call less.
        var wide = input.dtype == ScalarType.Float32 || input.dtype == ScalarType.Float64 ? input : input.to(ScalarType.Float32);
        var norm = wide.norm(-1, keepdim: true, p: 2);
        var normed = wide.mul(epsilonTensor.addcmul(norm, norm, inverseWidth).rsqrt());
        return weight.mul(wide.Handle == input.Handle ? normed : normed.to(input.dtype));
    }
}
