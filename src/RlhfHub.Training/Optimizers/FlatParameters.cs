using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace RlhfHub.Training.Optimizers;

/// <summary>
/// The trainable parameters of a model as views of one flat buffer per type, and their gradients of another: what an optimizer does to all of them is a handful
/// of native calls instead of some for each.
/// </summary>
/// <remarks>
/// A parameter is re-seated by <c>set_</c>, which changes the memory behind the same tensor, so modules, tied weights and optimizers keep their references; its
/// <c>grad</c> is assigned a view of the gradient buffer once, and backward passes then add to it in place. This holds as long as nobody replaces either:
/// clear gradients with <see cref="ZeroGradients"/>, and move or convert the model before. <see cref="CheckAttached"/> tells.
/// </remarks>
public sealed class FlatParameters : IDisposable
{
    /// <summary>Moves the parameters into flat buffers. The order within a buffer depends on names and shapes only: decaying first, then by name.</summary>
    /// <param name="parameters">Names and parameters; those that require no gradient are left out.</param>
    /// <param name="decays">Whether weight decay applies to a parameter; to those of two and more dimensions when null, so not to norms and biases.</param>
    /// <exception cref="ArgumentException">No parameter can be trained, or two share a name.</exception>
    public FlatParameters(IEnumerable<(string Name, Parameter Parameter)> parameters, Func<string, Parameter, bool>? decays = null)
    {
        decays ??= (_, parameter) => parameter.dim() >= 2;
        var trainable = parameters.Where(item => item.Parameter.requires_grad)
            .Select(item => (item.Name, item.Parameter, Decays: decays(item.Name, item.Parameter)))
            .OrderByDescending(item => item.Decays).ThenBy(item => item.Name, StringComparer.Ordinal).ToList();
        if (trainable.Count == 0) throw new ArgumentException("No parameter requires a gradient; there is nothing to train.", nameof(parameters));
        if (trainable.GroupBy(item => item.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"Two parameters are called {twice.Key}.", nameof(parameters));
        Groups = [.. trainable.GroupBy(item => (item.Parameter.dtype, item.Parameter.device.ToString())).Select(group => new FlatGroup([.. group]))];
    }

    /// <summary>Moves all trainable parameters of a module into flat buffers.</summary>
    public static FlatParameters Of(nn.Module module, Func<string, Parameter, bool>? decays = null) => new(module.named_parameters(), decays);

    /// <summary>One group for each type and device.</summary>
    public IReadOnlyList<FlatGroup> Groups { get; }

    /// <summary>How many numbers are trained.</summary>
    public long Size => Groups.Sum(group => group.Weights.numel());

    /// <summary>Clears the gradients in place; before the first micro-batch of a step.</summary>
    public void ZeroGradients()
    {
        foreach (var group in Groups) group.Gradients.zero_();
    }

    /// <summary>See the remarks: whether backward passes still write where the optimizer reads. Costs a copy of the buffers and some calls a
    /// parameter.</summary>
    /// <exception cref="InvalidOperationException">A parameter no longer lies in the buffers; the message says which and why.</exception>
    public void CheckAttached()
    {
        foreach (var group in Groups) group.CheckAttached();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var group in Groups) group.Dispose();
    }
}
