using RlhfHub.Training.Models;
using RlhfHub.Training.Models.Layers;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace RlhfHub.Training.Peft;

/// <summary>PEFT's <c>modules_to_save</c>: copies of whole linear layers that train in place of the originals.</summary>
internal sealed class SavedModules : nn.Module
{
    private readonly TorchSharp.Modules.ModuleList<Linear> copies;
    private readonly IReadOnlyList<(string Name, Linear Layer)> originals;

    /// <exception cref="InvalidInputException">A name is no linear layer with weights of its own.</exception>
    public SavedModules(LanguageModel model, IReadOnlyList<string> names) : base(nameof(SavedModules))
    {
        var layers = CheckpointMap.Linears(model);
        originals = [.. names.SelectMany(name => Matches(model, layers, name))];
        copies = new([.. originals.Select(item => Copy(item.Layer))]);
        RegisterComponents();
    }

    public IEnumerable<(string Name, Parameter Parameter)> Saved =>
        originals.Zip(copies).SelectMany(pair => pair.Second.named_parameters().Select(item => ($"{pair.First.Name}.{item.name}", item.parameter)));

    public void Switch(bool on)
    {
        foreach (var (original, copy) in originals.Zip(copies)) original.Layer.Replacement = on ? copy : null;
    }

    public void MergeInto()
    {
        foreach (var (original, copy) in originals.Zip(copies))
        {
            original.Layer.weight.copy_(copy.weight);
            if (original.Layer.bias is { } bias) bias.copy_(copy.bias!);
        }
    }

    private static IEnumerable<(string Name, Linear Layer)> Matches(LanguageModel model, IReadOnlyList<(string Name, Linear Layer)> layers, string name)
    {
        var found = layers.Where(item => item.Name == name || item.Name.EndsWith("." + name, StringComparison.Ordinal)).ToArray();
        if (found.Length > 0) return found;
        var isTied = model is CausalModel && model.Head is null && name == model.HeadName;
        throw new InvalidInputException(isTied
            ? $"The module to save '{name}' has no weights of its own: this model's head is its token embedding."
            : $"The module to save '{name}' is no linear layer of this model; its head is '{model.HeadName}'.");
    }

    private static Linear Copy(Linear layer)
    {
        using var noGrad = no_grad();
        // In float32 whatever the base: an optimizer's small steps would be lost in half precision.
        var copy = new Linear((int)layer.weight.size(1), (int)layer.weight.size(0), layer.bias is not null, ScalarType.Float32, layer.weight.device);
        copy.weight.copy_(layer.weight);
        copy.bias?.copy_(layer.bias!);
        return copy;
    }
}
