using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace RlhfHub.Training.Models.Layers;

/// <summary>
/// x / sqrt(mean(x²) + ε) · w over the last dimension, with a backward pass of its own: two thirds of the passes over memory that autograd's would take.
/// Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467.
/// </summary>
/// <remarks>Arguments: input (…, width), weight (width), <see cref="RmsNormConstants"/>; result: (…, width).</remarks>
internal sealed class RmsNorm : SingleTensorFunction<RmsNorm>
{
    private const string NeedsKey = "needs";

    public override string Name => nameof(RmsNorm);

    /// <summary>The norm, differentiable where gradients are wanted and cheaper where they are not.</summary>
    /// <param name="input">(…, width).</param>
    /// <param name="weight">(width).</param>
    /// <param name="constants">Of this norm.</param>
    /// <returns>(…, width).</returns>
    public static Tensor Run(Tensor input, Tensor weight, RmsNormConstants constants)
    {
        var (needsInput, needsWeight) = (input.requires_grad, weight.requires_grad);
        if (is_grad_enabled() && (needsInput || needsWeight)) return apply(input, weight, constants, (needsInput, needsWeight));
        return Scale(input, weight, constants, out _);
    }

    public override Tensor forward(AutogradContext context, params object[] arguments)
    {
        var (input, weight) = ((Tensor)arguments[0], (Tensor)arguments[1]);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var output = Scale(input, weight, (RmsNormConstants)arguments[2], out var inverse);
        // TorchSharp takes hold of it only after this method has returned; the caller's scope ends soon after that.
        context.save_for_backward([input, weight, inverse.MoveToOuterDisposeScope()]);
        context.save_data(NeedsKey, arguments[3]);
        return output.MoveToOuterDisposeScope();
    }

    public override List<Tensor> backward(AutogradContext context, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var saved = context.get_saved_variables();
        var (input, weight, width) = (saved[0], saved[1], saved[1].size(0));
        var (needsInput, needsWeight) = ((bool, bool))context.get_data(NeedsKey);
        var inverse = saved[2].view(-1, 1);                                                         // (rows, 1)
        var (wide, upstream, scale) = (Widen(input).reshape(-1, width), Widen(gradient).reshape(-1, width), Widen(weight));
        var product = upstream.mul(wide);                                                           // (rows, width)
        var weightGradient = needsWeight ? product.t().mv(inverse.view(-1)).to(weight.dtype).MoveToOuterDisposeScope() : null;
        if (!needsInput) return [null!, weightGradient!, null!, null!];
        // d/dx of x·i·w with i = (mean(x²) + ε)^-½: i·w·g − x·i³·Σ(g·w·x) / width.
        var pull = product.mv(scale).view(-1, 1).mul_(inverse.pow(3)).mul_(-1.0 / width);           // (rows, 1)
        var inputGradient = upstream.mul(scale).mul_(inverse).addcmul_(wide, pull, 1);
        return [inputGradient.view(input.shape).to(input.dtype).MoveToOuterDisposeScope(), weightGradient!, null!, null!];
    }

    private static Tensor Scale(Tensor input, Tensor weight, RmsNormConstants constants, out Tensor inverse)
    {
        // In float32 whatever the model's type, as the field's models were trained. The 2-norm squared is the sum of squares in one call less.
        var wide = Widen(input);
        var norm = wide.norm(-1, keepdim: true, p: 2);
        inverse = constants.Epsilon.addcmul(norm, norm, constants.InverseWidth).rsqrt();           // (…, 1)
        var normed = wide.mul(inverse);
        return (wide.Handle == input.Handle ? normed : normed.to(input.dtype)).mul_(weight);
    }

    private static Tensor Widen(Tensor tensor) => tensor.dtype is ScalarType.Float32 or ScalarType.Float64 ? tensor : tensor.to(ScalarType.Float32);
}

/// <summary>What a norm adds to the mean of squares, and what makes a mean of a sum.</summary>
/// <param name="Epsilon">(): a tensor, for addcmul takes no number.</param>
/// <param name="InverseWidth">1 / width.</param>
internal sealed record RmsNormConstants(Tensor Epsilon, Scalar InverseWidth);
