using System.Text.Json.Nodes;
using RlhfHub.Training.Models;
using Parameter = TorchSharp.Modules.Parameter;

namespace RlhfHub.Training.Peft;

/// <summary>Transfer learning in its plainest form: only the head learns, over frozen hidden states.</summary>
public sealed class HeadMethod : PeftMethod
{
    /// <inheritdoc/>
    public override string Name => "head";

    /// <inheritdoc/>
    public override string PeftType => "LORA";

    /// <inheritdoc/>
    public override string Description => "Trains the last layer alone: quick, cheap, and enough where the model already knows what matters.";

    /// <inheritdoc/>
    public override Type OptionsType => typeof(HeadOptions);

    /// <inheritdoc/>
    public override Adapter Attach(LanguageModel model, object options) => new HeadAdapter(model);

    /// <summary>Saved as PEFT's LoRA with nothing but whole modules, which PEFT loads.</summary>
    internal static bool IsHeadOnly(AdapterFiles files) =>
        files.Config.Json["target_modules"] is JsonValue value && value.TryGetValue<string>(out var target) && target == TargetModules.None;

    internal override bool Recognises(AdapterFiles files) => IsHeadOnly(files);

    internal override Adapter Load(LanguageModel model, AdapterFiles files)
    {
        var adapter = new HeadAdapter(model);
        try
        {
            adapter.Fill(files);
            return adapter;
        }
        catch
        {
            adapter.Dispose();
            throw;
        }
    }
}

/// <summary>Head-only training has nothing to choose.</summary>
public sealed record HeadOptions;

/// <summary>The head of one model.</summary>
internal sealed class HeadAdapter : Adapter
{
    private readonly SavedModules savedModules;

    public HeadAdapter(LanguageModel model) : base(nameof(HeadAdapter), model)
    {
        savedModules = new SavedModules(model, [model.HeadName]);
        Settle();
    }

    internal override IReadOnlyList<(string Name, Parameter Parameter)> Saved => [.. savedModules.Saved];

    internal void Fill(AdapterFiles files) => Read(files);

    private protected override void Switch(bool on) => savedModules.Switch(on);

    private protected override void MergeInto() => savedModules.MergeInto();

    private protected override JsonObject Configuration() => new()
    {
        ["peft_type"] = "LORA",
        ["r"] = 1,
        ["lora_alpha"] = 1,
        ["target_modules"] = TargetModules.None,
        ["modules_to_save"] = new JsonArray(Model.HeadName),
        ["bias"] = "none",
    };
}
