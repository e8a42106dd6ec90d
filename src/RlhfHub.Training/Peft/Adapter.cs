using System.Text.Json;
using System.Text.Json.Nodes;
using RlhfHub.Training.Models;
using RlhfHub.Training.Models.Safetensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Parameter = TorchSharp.Modules.Parameter;

namespace RlhfHub.Training.Peft;

/// <summary>Few trainable parameters on a frozen model. Its parameters are its own; the model's stay as they are until <see cref="Merge"/>.</summary>
public abstract class Adapter : Module
{
    private const string KeyPrefix = "base_model.model.";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    // In an array, for a field would make the model a child: its parameters would count as the adapter's and be disposed with it.
    private readonly LanguageModel[] held;
    private bool isEnabled = true;

    private protected Adapter(string name, LanguageModel model) : base(name) => held = [model];

    /// <summary>The model that it sits on.</summary>
    public LanguageModel Model => held[0];

    /// <summary>False leaves the base model as it was, without taking the adapter off: the reference of PPO and DPO.</summary>
    public bool IsEnabled
    {
        get => isEnabled;
        set
        {
            if (value == isEnabled) return;
            isEnabled = value;
            Switch(value);
        }
    }

    /// <summary>Does something with this adapter off and another one on, or none: so several models share one frozen base.</summary>
    /// <param name="other">An adapter on the same layers that is off before and after; null for the base alone.</param>
    /// <param name="work">What is done.</param>
    internal T StandAside<T>(Adapter? other, Func<T> work)
    {
        IsEnabled = false;
        try
        {
            if (other is not null) other.IsEnabled = true;
            return work();
        }
        finally
        {
            if (other is not null) other.IsEnabled = false;
            IsEnabled = true;
        }
    }

    /// <summary>Loads an adapter for <see cref="StandAside"/>: onto the layers that this one is on, and off until then.</summary>
    /// <param name="model">The model that both sit on, or another with the same decoder.</param>
    /// <param name="folder">As for <see cref="PeftMethods.Load"/>.</param>
    internal Adapter LoadBeside(LanguageModel model, string folder) => StandAside(null, () =>
    {
        // Each takes off whole layers that stand in for the base's, so never two at once.
        var adapter = PeftMethods.Load(model, folder);
        adapter.IsEnabled = false;
        adapter.eval();
        return adapter;
    });

    /// <summary>Every parameter under the name that PEFT saves it by, without the common prefix.</summary>
    internal abstract IReadOnlyList<(string Name, Parameter Parameter)> Saved { get; }

    /// <summary>Adds what was learned to the model's own weights, in float32, and takes the adapter off.</summary>
    public void Merge()
    {
        using (var noGrad = no_grad())
        using (var scope = NewDisposeScope()) MergeInto();
        Detach();
    }

    /// <summary>Takes the adapter off; the model is what it was.</summary>
    public void Detach() => IsEnabled = false;

    /// <summary>Saves it as PEFT does: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</summary>
    /// <param name="folder">Created when absent; it must not hold an adapter yet.</param>
    /// <param name="baseModel">What <c>base_model_name_or_path</c> says.</param>
    public void Save(string folder, string baseModel)
    {
        Directory.CreateDirectory(folder);
        SafetensorsFolderWriter.Write(folder, [.. Saved.Select(item => KeyValuePair.Create(KeyPrefix + item.Name, (Tensor)item.Parameter))], stem: AdapterFiles.Stem);
        var config = Configuration();
        config["base_model_name_or_path"] = baseModel;
        config["task_type"] = Model is SequenceClassifier ? "SEQ_CLS" : "CAUSAL_LM";
        config["inference_mode"] = true;
        File.WriteAllText(Path.Combine(folder, AdapterFiles.ConfigFile), config.ToJsonString(Indented) + "\n");
    }

    /// <summary>Reads what <see cref="Save"/> wrote into the parameters where they lie.</summary>
    /// <exception cref="ModelFileException">The files are broken or belong to another adapter.</exception>
    internal void ReadWeights(string folder)
    {
        using var files = AdapterFiles.Open(folder);
        Read(files);
    }

    /// <summary>Connects the adapter to the model's layers, or takes it out again.</summary>
    private protected abstract void Switch(bool on);

    private protected abstract void MergeInto();

    /// <summary>What <c>adapter_config.json</c> says of the method.</summary>
    private protected abstract JsonObject Configuration();

    /// <summary>Reads the parameters from files; everything is checked before anything is copied.</summary>
    private protected void Read(AdapterFiles files)
    {
        using var noGrad = no_grad();
        StateDict.Load(files.Weights, Saved.ToDictionary(item => KeyPrefix + item.Name, item => (Tensor)item.Parameter));
    }

    /// <summary>Ends the constructor: the adapter trains, the model does not, and no dispose scope takes the parameters away.</summary>
    private protected void Settle()
    {
        RegisterComponents();
        foreach (var parameter in parameters()) parameter.DetachFromDisposeScope();
        foreach (var parameter in Model.parameters()) parameter.requires_grad = false;
        Switch(on: true);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) Detach();
        base.Dispose(disposing);
    }
}
