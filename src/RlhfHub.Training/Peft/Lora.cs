using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using RlhfHub.Training.Models;
using RlhfHub.Training.Models.Layers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Parameter = TorchSharp.Modules.Parameter;

namespace RlhfHub.Training.Peft;

/// <summary>Low-rank adaptation: y = Wx + (α/r)·BAx with W frozen. Hu et al. 2021, https://arxiv.org/abs/2106.09685.</summary>
public sealed class LoraMethod : PeftMethod
{
    /// <inheritdoc/>
    public override string Name => "lora";

    /// <inheritdoc/>
    public override string PeftType => "LORA";

    /// <inheritdoc/>
    public override string Description => "Trains two thin matrices beside each chosen layer and leaves the model itself as it is.";

    /// <inheritdoc/>
    public override Type OptionsType => typeof(LoraOptions);

    /// <inheritdoc/>
    public override Adapter Attach(LanguageModel model, object options) => new LoraAdapter(model, (LoraOptions)options);

    internal override bool Recognises(AdapterFiles files) => !HeadMethod.IsHeadOnly(files);

    internal override Adapter Load(LanguageModel model, AdapterFiles files) => LoraAdapter.Load(model, files);
}

/// <summary>Options of <see cref="LoraMethod"/>; names and defaults are PEFT's.</summary>
public sealed record LoraOptions
{
    /// <summary>Rank of the update, at least 1.</summary>
    [Range(1, 1024), Display(Name = "Rank", Description = "Rank of the update: more can learn more and costs more.")]
    public int Rank { get; init; } = 8;

    /// <summary>The update is multiplied by alpha / rank.</summary>
    [Range(0.001, 100_000.0), Display(Name = "Alpha", Description = "The update is multiplied by alpha / rank.")]
    public double Alpha { get; init; } = 8;

    /// <summary>Share of the inputs that training drops at random before the update.</summary>
    [Range(0.0, 0.99), Display(Name = "Dropout", Description = "Share of the inputs that training drops at random.")]
    public double Dropout { get; init; }

    /// <summary>Endings of the names of the layers to adapt, or <c>all-linear</c>; empty for the family's usual ones.</summary>
    [Display(Name = "Target modules", Description = "Layers to adapt by the end of their names, such as q_proj, or all-linear; empty takes the usual ones of the model's family.")]
    public IReadOnlyList<string> TargetModules { get; init; } = [];

    /// <summary>Layers that are trained whole beside the update; a classifier's head always is.</summary>
    [Display(Name = "Modules to save", Description = "Layers that are trained whole, such as lm_head; a reward model's head always is.")]
    public IReadOnlyList<string> ModulesToSave { get; init; } = [];

    /// <summary>Multiply by alpha / √rank instead. Kalajdzievski 2023, https://arxiv.org/abs/2312.03732.</summary>
    [Display(Name = "Rank-stabilised", Description = "Multiply the update by alpha / √rank, which keeps high ranks stable.")]
    public bool IsRankStabilised { get; init; }

    /// <summary>What the update is multiplied by.</summary>
    public double Scale => Alpha / (IsRankStabilised ? Math.Sqrt(Rank) : Rank);
}

/// <summary>LoRA on the chosen layers of one model.</summary>
internal sealed class LoraAdapter : Adapter
{
    private readonly TorchSharp.Modules.ModuleList<LoraLayer> layers;
    private readonly SavedModules savedModules;
    private readonly LoraOptions options;
    private readonly IReadOnlyList<(string Name, Linear Layer)> targets;

    public LoraAdapter(LanguageModel model, LoraOptions options) : base(nameof(LoraAdapter), model)
    {
        // PEFT does the same for its sequence classification task: a fresh head must learn.
        this.options = model is SequenceClassifier && !options.ModulesToSave.Contains(model.HeadName) ? options with { ModulesToSave = [.. options.ModulesToSave, model.HeadName] } : options;
        targets = Peft.TargetModules.Select(model, options.TargetModules);
        layers = new([.. targets.Select(item => new LoraLayer(item.Layer, options))]);
        savedModules = new SavedModules(model, this.options.ModulesToSave);
        Settle();
    }

    internal override IReadOnlyList<(string Name, Parameter Parameter)> Saved =>
    [
        .. targets.Zip(layers).SelectMany(pair => new[] { ($"{pair.First.Name}.lora_A.weight", pair.Second.down), ($"{pair.First.Name}.lora_B.weight", pair.Second.up) }),
        .. savedModules.Saved,
    ];

    /// <summary>The targets as PEFT would understand them; it does not save <c>all-linear</c> but what that came to.</summary>
    private IEnumerable<string> TargetNames =>
        options.TargetModules.Count == 0 ? Model.Config.Family.DefaultLoraTargets
        : options.TargetModules is [Peft.TargetModules.AllLinear] ? targets.Select(item => item.Name[(item.Name.LastIndexOf('.') + 1)..]).Distinct()
        : options.TargetModules;

    /// <summary>Reads an adapter that PEFT or this class saved.</summary>
    public static LoraAdapter Load(LanguageModel model, AdapterFiles files)
    {
        var config = files.Config;
        foreach (var (key, neutral) in new[] { ("use_dora", "false"), ("bias", "\"none\""), ("layers_to_transform", "null"), ("rank_pattern", "{}"), ("alpha_pattern", "{}"), ("layer_replication", "null") })
            if (!config.IsAbsent(key) && config.Json[key]!.ToJsonString() != neutral) throw config.Wrong(key, $"{neutral}; other LoRA forms are not supported");
        var names = files.Weights.Entries.Keys.Where(name => name.EndsWith(".lora_A.weight", StringComparison.Ordinal)).Select(name => name["base_model.model.".Length..^".lora_A.weight".Length]).ToArray();
        if (names.Length == 0) throw new ModelFileException($"{files.Weights.Location} has no tensor whose name ends in lora_A.weight; expected a LoRA adapter.");
        var options = new LoraOptions
        {
            Rank = config.Size("r"),
            Alpha = config.Positive("lora_alpha"),
            IsRankStabilised = config.Flag("use_rslora", false),
            ModulesToSave = config.Texts("modules_to_save"),
            // The weights themselves say which layers: PEFT's config may hold a regular expression.
            TargetModules = names,
        };
        try
        {
            var adapter = new LoraAdapter(model, options);
            try
            {
                adapter.Read(files);
                return adapter;
            }
            catch
            {
                adapter.Dispose();
                throw;
            }
        }
        catch (InvalidInputException error)
        {
            throw new ModelFileException($"{config.File} does not fit the model: {error.Message}", error);
        }
    }

    private protected override void Switch(bool on)
    {
        foreach (var ((_, target), layer) in targets.Zip(layers))
        {
            if (on) target.Extensions.Add(layer);
            else target.Extensions.Remove(layer);
        }
        savedModules.Switch(on);
    }

    private protected override void MergeInto()
    {
        foreach (var ((_, target), layer) in targets.Zip(layers))
        {
            using var scope = NewDisposeScope();
            target.weight.copy_(target.weight.to(ScalarType.Float32).add(layer.up.mm(layer.down), options.Scale));
        }
        savedModules.MergeInto();
    }

    private protected override JsonObject Configuration() => new()
    {
        ["peft_type"] = "LORA",
        ["auto_mapping"] = null,
        ["revision"] = null,
        ["r"] = options.Rank,
        ["lora_alpha"] = options.Alpha,
        ["lora_dropout"] = options.Dropout,
        ["target_modules"] = new JsonArray([.. TargetNames.Select(name => (JsonNode)name)]),
        ["exclude_modules"] = null,
        ["modules_to_save"] = options.ModulesToSave.Count == 0 ? null : new JsonArray([.. options.ModulesToSave.Select(name => (JsonNode)name)]),
        ["fan_in_fan_out"] = Model.Config.Family.HasTransposedLinears,
        ["bias"] = "none",
        ["use_rslora"] = options.IsRankStabilised,
        ["use_dora"] = false,
        ["init_lora_weights"] = true,
        ["layers_to_transform"] = null,
        ["layers_pattern"] = null,
        ["rank_pattern"] = new JsonObject(),
        ["alpha_pattern"] = new JsonObject(),
    };
}

/// <summary>The two matrices beside one layer.</summary>
internal sealed class LoraLayer : Module, ILinearExtension
{
    public readonly Parameter down;   // A, (rank, in)
    public readonly Parameter up;     // B, (out, rank)
    private readonly LoraOptions options;

    public LoraLayer(Linear layer, LoraOptions options) : base(nameof(LoraLayer))
    {
        this.options = options;
        var (outFeatures, inFeatures) = (layer.weight.size(0), layer.weight.size(1));
        // Kaiming uniform with a = √5, as PEFT: U(±1/√in). B = 0 makes a fresh adapter the identity. Float32 whatever the base: small steps would be lost in half precision.
        var bound = 1 / Math.Sqrt(inFeatures);
        down = Parameter(rand(options.Rank, inFeatures, device: layer.weight.device).mul(2 * bound).sub(bound));
        up = Parameter(zeros(outFeatures, options.Rank, device: layer.weight.device));
        RegisterComponents();
    }

    public Tensor Extend(Tensor input, Tensor output)   // (…, in), (…, out) -> (…, out)
    {
        var wide = input.dtype == ScalarType.Float32 ? input : input.to(ScalarType.Float32);
        var dropped = training && options.Dropout > 0 ? functional.dropout(wide, options.Dropout, training: true) : wide;
        var update = functional.linear(functional.linear(dropped, down), up).mul(options.Scale);
        return output.add(output.dtype == ScalarType.Float32 ? update : update.to(output.dtype));
    }
}
