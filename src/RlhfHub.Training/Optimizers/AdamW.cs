using RlhfHub.Training.Models.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace RlhfHub.Training.Optimizers;

/// <summary>How <see cref="AdamW"/> works; defaults as in Hugging Face's trainers.</summary>
public sealed record AdamWOptions
{
    /// <summary>Decay of the mean of gradients, 0 to below 1.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the mean of squared gradients, 0 to below 1.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the second moment. 1e-5 is usual for PPO.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Share of a decaying weight, times the learning rate, taken off each step.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Largest global norm of the gradients; longer ones are shortened to it. 0 never.</summary>
    public double MaxGradientNorm { get; init; } = 1;

    /// <summary>TensorFlow's Adam adds epsilon before the bias correction of the second moment, which makes the first steps smaller.</summary>
    public bool IsEpsilonUncorrected { get; init; }
}

/// <summary>
/// Adam with decoupled weight decay over flat buffers, with PyTorch's formulas. Kingma and Ba 2014, https://arxiv.org/abs/1412.6980; Loshchilov and Hutter
/// 2017,
/// https://arxiv.org/abs/1711.05101.
/// </summary>
/// <remarks>A step is at most 12 operations for a type of parameters (14 in half precision), however many parameters there are.</remarks>
public sealed class AdamW : IDisposable
{
    private readonly FlatParameters parameters;
    private readonly AdamWOptions options;
    private readonly AdamWGroup[] groups;
    private bool isChecked;
    private readonly Scalar beta1, newShare1, beta2, newShare2;   // kept: each conversion of a double is a native call of its own

    /// <summary>An optimizer that has seen nothing yet.</summary>
    /// <param name="parameters">What it trains; outlives it.</param>
    /// <param name="options">How.</param>
    public AdamW(FlatParameters parameters, AdamWOptions? options = null)
    {
        this.parameters = parameters;
        this.options = options ?? new();
        (beta1, newShare1) = (this.options.Beta1, 1 - this.options.Beta1);
        (beta2, newShare2) = (this.options.Beta2, 1 - this.options.Beta2);
        groups = [.. parameters.Groups.Select(group => new AdamWGroup(group))];
    }

    /// <summary>Steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>Operations handed to libtorch by the last step, clipping and clearing included.</summary>
    internal int LastOperations { get; private set; }

    /// <summary>Clips the gradients, moves the weights and clears the gradients.</summary>
    /// <param name="learningRate">This step's rate.</param>
    /// <returns>The global norm of the gradients before clipping (<c>grad_norm</c>). When it is not a finite number, nothing is changed but the gradients,
    /// which are cleared, and the step does not count.</returns>
    /// <exception cref="InvalidOperationException">At the first call: a parameter no longer lies in the flat buffers.</exception>
    public double Step(double learningRate)
    {
        if (!isChecked) parameters.CheckAttached();
        isChecked = true;
        LastOperations = 0;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var norm = Norm();
        if (double.IsFinite(norm))
        {
            Steps++;
            // PyTorch's clip_grad_norm_: 1e-6 keeps the shortened norm just below the limit.
            var shrinkage = options.MaxGradientNorm > 0 ? options.MaxGradientNorm / (norm + 1e-6) : 1;
            foreach (var group in groups) Update(group, learningRate, Math.Min(1, shrinkage));
        }
        parameters.ZeroGradients();
        LastOperations += groups.Length;
        return norm;
    }

    /// <summary>All that a resumed run needs beside the weights: views under stable names, ready for <see cref="SafetensorsWriter"/>. Dispose them, or let a
    /// dispose scope do it.</summary>
    public IReadOnlyList<KeyValuePair<string, Tensor>> State() =>
        [KeyValuePair.Create("step", tensor(Steps)), .. Buffers()];

    /// <summary>Restores what <see cref="State"/> gave, bit by bit; all or nothing.</summary>
    /// <param name="source">The saved state.</param>
    /// <exception cref="Models.ModelFileException">It belongs to other parameters.</exception>
    public void Load(ISafetensorsSource source)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var step = tensor(0L);
        StateDict.Load(source, Buffers().Append(KeyValuePair.Create("step", step)).ToDictionary());
        Steps = step.item<long>();
        foreach (var group in groups) group.CopyBack();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var group in groups) group.Dispose();
        foreach (var scalar in new[] { beta1, newShare1, beta2, newShare2 }) scalar.Dispose();
    }

    private IEnumerable<KeyValuePair<string, Tensor>> Buffers() => groups.SelectMany(group => group.Named());

    private double Norm()
    {
        var squares = 0.0;
        foreach (var group in groups)
        {
            LastOperations += group.Flat.IsMixed ? 3 : 2;
            var length = group.Flat.MasterGradients.norm();
            var norm = length.dtype == ScalarType.Float64 ? length.item<double>() : length.item<float>();
            squares += norm * norm;
        }
        return Math.Sqrt(squares);
    }

    private void Update(AdamWGroup group, double learningRate, double shrinkage)
    {
        var gradients = group.Flat.LastMasterGradients;
        if (shrinkage < 1) Count(gradients.mul_(shrinkage));
        if (options.WeightDecay != 0 && group.Flat.DecayedSize > 0) Count(group.Flat.Decayed.mul_(1 - learningRate * options.WeightDecay));

        Count(group.Mean.mul_(beta1));
        Count(group.Mean.add_(gradients, newShare1));
        Count(group.Square.mul_(beta2));
        Count(group.Square.addcmul_(gradients, gradients, newShare2));

        // √(v / c₂) + ε = (√v + ε·√c₂) / √c₂: the correction moves into two scalars, and one pass over memory is saved. TensorFlow's ε stands where ε·√c₂ does.
        var correction1 = 1 - Math.Pow(options.Beta1, Steps);
        var correction2 = Math.Sqrt(1 - Math.Pow(options.Beta2, Steps));
        var root = group.Square.sqrt();
        Count(root);
        Count(root.add_(options.IsEpsilonUncorrected ? options.Epsilon : options.Epsilon * correction2));
        Count(group.Flat.Master.addcdiv_(group.Mean, root, -learningRate * correction2 / correction1));
        if (group.CopyBack()) LastOperations++;
    }

    private void Count(Tensor _) => LastOperations++;
}

/// <summary>The moments of one flat group.</summary>
internal sealed class AdamWGroup(FlatGroup flat) : IDisposable
{
    public FlatGroup Flat => flat;

    /// <summary>(size): running mean of gradients.</summary>
    public Tensor Mean { get; } = zeros_like(flat.Master).requires_grad_(false).DetachFromDisposeScope();

    /// <summary>(size): running mean of squared gradients.</summary>
    public Tensor Square { get; } = zeros_like(flat.Master).requires_grad_(false).DetachFromDisposeScope();

    /// <summary>The moments, and the wide weights where the model's are narrow, by parameter. PyTorch's names.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Named()
    {
        var named = Prefixed("exp_avg.", Mean).Concat(Prefixed("exp_avg_sq.", Square));
        return flat.IsMixed ? named.Concat(Prefixed("master.", flat.Master)) : named;
    }

    /// <summary>Rounds the wide weights into the model; false where they are the model's own.</summary>
    public bool CopyBack()
    {
        if (flat.IsMixed) flat.Weights.copy_(flat.Master);
        return flat.IsMixed;
    }

    public void Dispose()
    {
        Mean.Dispose();
        Square.Dispose();
    }

    private IEnumerable<KeyValuePair<string, Tensor>> Prefixed(string prefix, Tensor buffer) =>
        flat.Named(buffer).Select(item => KeyValuePair.Create(prefix + item.Key, item.Value));
}
