using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace RlhfHub.Training.Optimizers;

/// <summary>All trainable parameters of one type and device, one after another in one buffer, and their gradients in another. First those that decay.</summary>
public sealed class FlatGroup : IDisposable
{
    /// <summary>A number that every floating-point type holds exactly and no whole weight consists of.</summary>
    private const double Marker = 12288;

    private readonly FlatSlice[] slices;
    private readonly Tensor? wideGradients;

    internal FlatGroup(IReadOnlyList<(string Name, Parameter Parameter, bool Decays)> items)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (type, device) = (items[0].Parameter.dtype, items[0].Parameter.device);
        var size = items.Sum(item => item.Parameter.numel());
        Weights = empty(size, dtype: type, device: device).DetachFromDisposeScope();
        Gradients = zeros(size, dtype: type, device: device).DetachFromDisposeScope();
        slices = new FlatSlice[items.Count];
        long offset = 0;
        for (var i = 0; i < items.Count; i++)
        {
            var (name, parameter, decays) = items[i];
            slices[i] = new(name, parameter, offset, parameter.numel(), [.. parameter.shape]);
            View(Weights, slices[i]).copy_(parameter);
            offset += parameter.numel();
            if (decays) DecayedSize = offset;
        }
        IsMixed = type is ScalarType.BFloat16 or ScalarType.Float16;
        Master = IsMixed ? Weights.to(ScalarType.Float32).DetachFromDisposeScope() : Weights;
        wideGradients = IsMixed ? empty(size, dtype: ScalarType.Float32, device: device).DetachFromDisposeScope() : null;
        Decayed = Master.narrow(0, 0, DecayedSize).DetachFromDisposeScope();
        foreach (var slice in slices)
        {
            slice.Parameter.set_(View(Weights, slice));
            slice.Parameter.grad = View(Gradients, slice);
        }
    }

    /// <summary>(size): the parameters themselves; writing here changes the model.</summary>
    public Tensor Weights { get; }

    /// <summary>(size): what backward passes have added up, in the parameters' type.</summary>
    public Tensor Gradients { get; }

    /// <summary>(size): what the optimizer works on. <see cref="Weights"/> itself, or its float32 original where the model runs in half precision.</summary>
    public Tensor Master { get; }

    /// <summary>The part of <see cref="Master"/> to which weight decay applies.</summary>
    public Tensor Decayed { get; }

    /// <summary>How many numbers, from the front, decay.</summary>
    public long DecayedSize { get; }

    /// <summary>Whether the optimizer's weights are wider than the model's.</summary>
    public bool IsMixed { get; }

    /// <summary>The gradients in the type of <see cref="Master"/>: a copy where that differs.</summary>
    internal Tensor MasterGradients => wideGradients is null ? Gradients : wideGradients.copy_(Gradients);

    /// <summary>The same numbers as <see cref="MasterGradients"/> gave last, with whatever was done to them since.</summary>
    internal Tensor LastMasterGradients => wideGradients ?? Gradients;

    /// <summary>Each parameter's part of a buffer as large as this group's, in the parameter's shape.</summary>
    internal IEnumerable<KeyValuePair<string, Tensor>> Named(Tensor buffer) => slices.Select(slice => KeyValuePair.Create(slice.Name, View(buffer, slice)));

    /// <summary>Refuses to go on when something replaced a parameter's weight or gradient: the optimizer would train what nobody reads.</summary>
    /// <exception cref="InvalidOperationException">A parameter no longer lies in the buffers.</exception>
    internal void CheckAttached()
    {
        if (Detached(Weights, slice => slice.Parameter) is { } moved)
            throw new InvalidOperationException($"{moved} no longer lies in the flat buffer; move or convert a model before its optimizer is made.");
        if (Detached(Gradients, slice => slice.Parameter.grad) is { } cleared)
            throw new InvalidOperationException($"The gradient of {cleared} no longer lies in the flat buffer; clear gradients with ZeroGradients, never with zero_grad.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The model's parameters keep the memory of their weights alive; their gradients end here.
        foreach (var slice in slices)
            if (!slice.Parameter.IsInvalid) slice.Parameter.grad = null;
        Decayed.Dispose();
        if (IsMixed) Master.Dispose();
        wideGradients?.Dispose();
        Gradients.Dispose();
        Weights.Dispose();
    }

    /// <summary>The first parameter that does not see what is written into a buffer. Addresses cannot be asked for on every device; this can.</summary>
    private string? Detached(Tensor buffer, Func<FlatSlice, Tensor?> pick)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var original = buffer.clone();
        buffer.fill_(Marker);
        try
        {
            return Array.Find(slices, slice => pick(slice) is not { } tensor || !tensor.eq(Marker).all().item<bool>())?.Name;
        }
        finally
        {
            buffer.copy_(original);
        }
    }

    private static Tensor View(Tensor buffer, FlatSlice slice) => buffer.narrow(0, slice.Offset, slice.Size).view(slice.Shape);
}

internal sealed record FlatSlice(string Name, Parameter Parameter, long Offset, long Size, long[] Shape);
