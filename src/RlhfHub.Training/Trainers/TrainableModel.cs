using RlhfHub.Training.Models;
using RlhfHub.Training.Optimizers;
using RlhfHub.Training.Peft;
using static TorchSharp.torch;

namespace RlhfHub.Training.Trainers;

/// <summary>A model in training: all its weights, or an adapter on it.</summary>
internal sealed class TrainableModel : IDisposable
{
    private readonly string baseFolder;

    private TrainableModel(LanguageModel model, Adapter? adapter, string baseFolder)
    {
        Model = model;
        Adapter = adapter;
        this.baseFolder = baseFolder;
        Parameters = adapter is null ? FlatParameters.Of(model) : FlatParameters.Of(adapter);
    }

    public LanguageModel Model { get; }

    public Adapter? Adapter { get; }

    public FlatParameters Parameters { get; }

    /// <summary>Wraps a loaded model as the options want it.</summary>
    /// <param name="model">The model; this owns it from now on.</param>
    /// <param name="baseFolder">Where it was loaded from.</param>
    /// <param name="adapterFolder">An adapter to go on with; null for a fresh one or none.</param>
    /// <param name="options">What trains.</param>
    /// <param name="seed">Seed of a fresh adapter.</param>
    public static TrainableModel Wrap(LanguageModel model, string baseFolder, string? adapterFolder, TrainingOptions options, long seed)
    {
        manual_seed(seed);
        var adapter = adapterFolder is not null ? PeftMethods.Load(model, adapterFolder)
            : options.PeftMethod is { } name ? PeftMethods.Find(name)!.Attach(model, name == "lora" ? options.Lora : Activator.CreateInstance(PeftMethods.Find(name)!.OptionsType)!)
            : null;
        if (adapter is not null)
            foreach (var parameter in adapter.parameters()) parameter.requires_grad = true;
        model.Decoder.UsesGradientCheckpointing = options.GradientCheckpointing;
        return new TrainableModel(model, adapter, baseFolder);
    }

    /// <summary>Training mode for dropout, or not.</summary>
    public void SetTraining(bool isTraining)
    {
        Model.train(isTraining);
        Adapter?.train(isTraining);
    }

    /// <summary>Writes what was trained: a model folder, or an adapter, which leaves the base where it is.</summary>
    public void Save(string folder)
    {
        if (Adapter is null) ModelFolder.Save(Model, folder, companionsFrom: baseFolder);
        else Adapter.Save(folder, Path.GetFullPath(baseFolder));
    }

    /// <summary>Reads what <see cref="Save"/> wrote into the parameters where they lie.</summary>
    public void Restore(string folder)
    {
        if (Adapter is null) ModelFolder.ReadWeights(Model, folder);
        else Adapter.ReadWeights(folder);
    }

    public void Dispose()
    {
        Parameters.Dispose();
        Adapter?.Dispose();
        Model.Dispose();
    }
}
