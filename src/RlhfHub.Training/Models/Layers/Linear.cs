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

    /// <summary>What adapters add to the output, in the order in which they were stacked. The layer's own parameters know nothing of them.</summary>
    public List<ILinearExtension> Extensions { get; } = [];

    /// <summary>Stands in for the layer while an adapter trains a copy of it whole; null otherwise.</summary>
    public Linear? Replacement { get; set; }

    public override Tensor forward(Tensor input)   // (…, in) -> (…, out)
    {
        var output = Precise(input);
        return Replacement is null || output.dtype == input.dtype ? output : output.to(input.dtype);
    }

    /// <summary>The same in the type of the weights in force: an adapter's copy of a head is float32 whatever the base, and so are its scores.</summary>
    public Tensor Precise(Tensor input)   // (…, in) -> (…, out)
    {
        var output = Replacement is null ? LinearProduct.Of(input, weight, bias) : Replacement.forward(input.to(Replacement.weight.dtype));
        foreach (var extension in Extensions) output = extension.Extend(input, output);
        return output;
    }
}

/// <summary>A change of a linear layer's output.</summary>
internal interface ILinearExtension
{
    /// <param name="input">(…, in).</param>
    /// <param name="output">(…, out), what the layer and the extensions before made of it.</param>
    /// <returns>(…, out).</returns>
    Tensor Extend(Tensor input, Tensor output);
}
