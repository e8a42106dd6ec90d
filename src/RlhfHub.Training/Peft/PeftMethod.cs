using RlhfHub.Training.Models;

namespace RlhfHub.Training.Peft;

/// <summary>
/// One parameter-efficient way to train a model. It takes the whole model, says what trains, and makes an <see cref="Adapter"/> of it.
/// A new method is one file with its options, its adapter and one of these, and a line in <see cref="PeftMethods.All"/>. Making one touches no torch; its methods do.
/// </summary>
public abstract class PeftMethod
{
    /// <summary>What options and help call it, e.g. <c>lora</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The <c>peft_type</c> of its <c>adapter_config.json</c>.</summary>
    public abstract string PeftType { get; }

    /// <summary>One sentence for forms and help.</summary>
    public abstract string Description { get; }

    /// <summary>Its option record, whose annotations are validation, help and form.</summary>
    public abstract Type OptionsType { get; }

    /// <summary>Freezes the model and puts a fresh adapter on it. Random numbers come from torch's generator, which the caller has seeded.</summary>
    /// <param name="model">The model; adapters that it already has stay on.</param>
    /// <param name="options">An instance of <see cref="OptionsType"/>.</param>
    /// <exception cref="InvalidInputException">The options do not fit this model.</exception>
    public abstract Adapter Attach(LanguageModel model, object options);

    /// <summary>Whether a saved adapter is one of its own, where several methods share a <c>peft_type</c>.</summary>
    internal virtual bool Recognises(AdapterFiles files) => true;

    /// <summary>Puts a saved adapter on a model.</summary>
    /// <exception cref="ModelFileException">The files are broken, belong to another model, or ask for what is not supported.</exception>
    internal abstract Adapter Load(LanguageModel model, AdapterFiles files);
}

/// <summary>Every method there is.</summary>
public static class PeftMethods
{
    /// <summary>All methods, in the order in which help lists them.</summary>
    public static IReadOnlyList<PeftMethod> All { get; } = [new LoraMethod(), new HeadMethod()];

    /// <summary>The method of that name, or null.</summary>
    public static PeftMethod? Find(string name) => All.FirstOrDefault(method => method.Name == name);

    /// <summary>Puts the adapter that a folder holds on a model.</summary>
    /// <param name="model">The base model that it was trained on.</param>
    /// <param name="folder">A folder as PEFT saves it: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</param>
    /// <exception cref="ModelFileException">A file is missing or broken, or the adapter does not fit the model.</exception>
    public static Adapter Load(LanguageModel model, string folder)
    {
        using var files = AdapterFiles.Open(folder);
        var method = All.FirstOrDefault(method => method.PeftType == files.PeftType && method.Recognises(files))
            ?? throw files.Config.Wrong("peft_type", string.Join(" or ", All.Select(method => method.PeftType).Distinct()));
        return method.Load(model, files);
    }
}
