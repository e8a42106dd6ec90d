using System.Text.Json;
using System.Text.Json.Nodes;
using RlhfHub.Training.Models.Safetensors;
using static TorchSharp.torch;

namespace RlhfHub.Training.Models;

/// <summary>A model in Hugging Face's layout: <c>config.json</c>, <c>model.safetensors</c> (or shards and their index) and the tokenizer's files.</summary>
public static class ModelFolder
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>The files that travel with the weights.</summary>
    private static readonly string[] CompanionFiles =
        ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja", "generation_config.json", "vocab.json", "merges.txt", "tokenizer.model"];

    /// <summary>Loads a language model.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="device">Where to; the CPU when null.</param>
    /// <param name="dtype">Float32 or BFloat16; as the folder has it when null (float16 becomes float32 on a CPU).</param>
    /// <exception cref="ModelFileException">A file is missing or broken, or the weights do not fit the config.</exception>
    public static CausalModel LoadCausal(string folder, Device? device = null, ScalarType? dtype = null)
    {
        var config = ModelConfig.Load(folder);
        if (config.IsClassifier)
            throw new ModelFileException($"{config.File}: {config.Architecture} scores texts and cannot write any; expected {config.Family.CausalArchitecture}.");
        return Load(folder, config, device ?? CPU, dtype, (type, place) => new CausalModel(config, type, place));
    }

    /// <summary>Loads a model with a scalar or label head.</summary>
    /// <inheritdoc cref="LoadCausal"/>
    public static SequenceClassifier LoadClassifier(string folder, Device? device = null, ScalarType? dtype = null)
    {
        var config = ModelConfig.Load(folder);
        if (!config.IsClassifier)
            throw new ModelFileException($"{config.File}: {config.Architecture} has no head for scores; expected {config.Family.ClassificationArchitecture}.");
        return Load(folder, config, device ?? CPU, dtype, (type, place) => new SequenceClassifier(config, type, place));
    }

    /// <summary>Makes a model with a fresh head for scores of a language model, as reward models begin; a folder that has such a head already is loaded with it.</summary>
    /// <param name="folder">A language model or classifier.</param>
    /// <param name="labels">The labels; one for a reward model.</param>
    /// <param name="padId">The config's <c>pad_token_id</c>, by which Hugging Face's libraries find a text's end.</param>
    /// <param name="seed">Seed of the head, N(0, 1 / (width + 1)) as OpenAI's and TRL's reward models have it.</param>
    /// <param name="device">Where to; the CPU when null.</param>
    /// <param name="dtype">As for <see cref="LoadCausal"/>.</param>
    /// <exception cref="ModelFileException">A file is missing or broken, or the folder's head has other labels.</exception>
    public static SequenceClassifier StartClassifier(string folder, IReadOnlyList<string> labels, int padId, long seed, Device? device = null, ScalarType? dtype = null)
    {
        var given = ModelConfig.Load(folder);
        if (given.IsClassifier)
        {
            if (!given.Labels.SequenceEqual(labels) && given.Labels.Count != labels.Count)
                throw new ModelFileException($"{given.File} has {given.Labels.Count} labels; expected {labels.Count}: {string.Join(", ", labels)}.");
            return LoadClassifier(folder, device, dtype);
        }
        var config = ClassifierConfig(given, labels, padId);
        return DrawHead(Load(folder, config, device ?? CPU, dtype, (type, place) => new SequenceClassifier(config, type, place), hasFreshHead: true), seed);
    }

    /// <summary>Puts a fresh head for scores on the decoder of a loaded model, which stays its owner: it is in memory once and must outlive the head.</summary>
    /// <inheritdoc cref="StartClassifier(string, IReadOnlyList{string}, int, long, Device?, ScalarType?)"/>
    internal static SequenceClassifier StartClassifier(CausalModel model, IReadOnlyList<string> labels, int padId, long seed) =>
        DrawHead(new SequenceClassifier(ClassifierConfig(model.Config, labels, padId), model.Decoder, isOwner: false), seed);

    /// <summary>Makes a language model with random weights: matrices N(0, 0.02²), biases 0, norms 1, as the families' own initialisation.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="dtype">Float32 or BFloat16.</param>
    /// <param name="device">Where it lives.</param>
    /// <param name="seed">Seed of the process-wide generator, which is set.</param>
    public static CausalModel CreateCausal(ModelConfig config, ScalarType dtype, Device device, long seed)
    {
        manual_seed(seed);
        using var noGrad = no_grad();
        var model = new CausalModel(config, dtype, device);
        foreach (var (name, parameter) in model.named_parameters())
        {
            if (parameter.dim() > 1) nn.init.normal_(parameter, 0, 0.02);
            else if (name.EndsWith(".bias", StringComparison.Ordinal)) nn.init.zeros_(parameter);
        }
        return model;
    }

    /// <summary>Writes a folder that Hugging Face's libraries load. Each file appears whole or not at all; the config comes last.</summary>
    /// <param name="model">The model; its type is the type on disk.</param>
    /// <param name="folder">Created when absent; it must not hold weights yet.</param>
    /// <param name="companionsFrom">A folder whose tokenizer and generation files are copied along; null for none.</param>
    /// <param name="maxShardBytes">Weights beyond this are split into shards.</param>
    public static void Save(LanguageModel model, string folder, string? companionsFrom = null, long maxShardBytes = SafetensorsFolderWriter.DefaultMaxShardBytes)
    {
        Directory.CreateDirectory(folder);
        foreach (var name in companionsFrom is null || Path.GetFullPath(companionsFrom) == Path.GetFullPath(folder) ? [] : CompanionFiles)
        {
            var source = Path.Combine(companionsFrom!, name);
            // The contents only: a copy of a read-only file would be read-only too, and in the way of the next one.
            if (File.Exists(source)) File.WriteAllBytes(Path.Combine(folder, name), File.ReadAllBytes(source));
        }
        using (var noGrad = no_grad())
        using (var scope = NewDisposeScope())
        {
            SafetensorsFolderWriter.Write(folder, [.. CheckpointMap.Of(model).Select(item => KeyValuePair.Create(item.Name, item.Stored))], maxShardBytes);
        }
        var json = (JsonObject)model.Config.Json.DeepClone();
        json[json.ContainsKey("dtype") ? "dtype" : "torch_dtype"] = ModelDType.NameOf(model.Decoder.DType);
        var temporary = Path.Combine(folder, $".{ModelConfig.FileName}.{Guid.NewGuid():N}");
        File.WriteAllText(temporary, json.ToJsonString(Indented) + "\n");
        File.Move(temporary, Path.Combine(folder, ModelConfig.FileName), overwrite: true);
    }

    /// <summary>Reads weights into a model where they lie; everything is checked before anything is copied.</summary>
    /// <exception cref="ModelFileException">The weights are broken or belong to another model.</exception>
    internal static void ReadWeights(LanguageModel model, string folder)
    {
        using var weights = SafetensorsFolder.Open(folder);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        StateDict.Load(weights, CheckpointMap.Of(model).ToDictionary(item => item.Name, item => item.Stored), mayBeUnexpected: name => IsIgnored(name, model.Config));
    }

    private static ModelConfig ClassifierConfig(ModelConfig given, IReadOnlyList<string> labels, int padId)
    {
        var json = (JsonObject)given.Json.DeepClone();
        json["architectures"] = new JsonArray(given.Family.ClassificationArchitecture);
        json["id2label"] = new JsonObject(labels.Select((label, i) => KeyValuePair.Create($"{i}", (JsonNode?)label)));
        json["label2id"] = new JsonObject(labels.Select((label, i) => KeyValuePair.Create(label, (JsonNode?)i)));
        json["pad_token_id"] = padId;
        return ModelConfig.From(json);
    }

    private static SequenceClassifier DrawHead(SequenceClassifier model, long seed)
    {
        manual_seed(seed);
        using var noGrad = no_grad();
        // Drawn in float32: in half precision the same seed would draw another head.
        using var drawn = nn.init.normal_(empty_like(model.Head.weight, dtype: ScalarType.Float32), 0, 1 / Math.Sqrt(model.Config.Decoder.HiddenSize + 1));
        model.Head.weight.copy_(drawn);
        return model;
    }

    private static TModel Load<TModel>(string folder, ModelConfig config, Device device, ScalarType? dtype, Func<ScalarType, Device, TModel> create, bool hasFreshHead = false)
        where TModel : LanguageModel
    {
        using var weights = SafetensorsFolder.Open(folder);
        CheckSize(config, weights);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var model = create(dtype ?? ModelDType.Of(config, device), device);
        try
        {
            model.eval();
            Fill(model, weights, hasFreshHead);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static void Fill(LanguageModel model, SafetensorsFolder weights, bool hasFreshHead)
    {
        var names = model.Config.Family.Names;
        // A checkpoint of the bare decoder (the original gpt2) has names without the prefix.
        var isBare = !weights.Entries.Keys.Any(name => name.StartsWith(names.Prefix, StringComparison.Ordinal));
        var targets = CheckpointMap.Of(model).ToDictionary(
            item => isBare && item.Name.StartsWith(names.Prefix, StringComparison.Ordinal) ? item.Name[names.Prefix.Length..] : item.Name, item => item.Stored);
        StateDict.Load(
            weights, targets,
            mayBeMissing: name => hasFreshHead && name == $"{model.HeadName}.weight",
            mayBeUnexpected: name => IsIgnored(name, model.Config) || (hasFreshHead && name == $"{names.Head}.weight"));
    }

    private static bool IsIgnored(string name, ModelConfig config) =>
        config.Family.IgnoredEndings.Any(ending => name.EndsWith(ending, StringComparison.Ordinal))
        || (config.Decoder.HasTiedHead && name == $"{config.Family.Names.Head}.weight");

    /// <summary>Refuses a config that lies about the size before anything is allocated for it.</summary>
    private static void CheckSize(ModelConfig config, SafetensorsFolder weights)
    {
        var stored = weights.Entries.Values.Sum(entry => entry.Shape.Aggregate(1.0, (product, size) => product * size));
        // A classifier lacks the head that is counted for its untied kin; ten per cent and a million cover every smaller difference.
        var vocabulary = config.Decoder.HasTiedHead ? 0 : (double)config.Decoder.VocabularySize * config.Decoder.HiddenSize;
        double expected;
        try
        {
            expected = config.Decoder.ParameterCount;
        }
        catch (OverflowException)
        {
            expected = double.PositiveInfinity;
        }
        if (expected - vocabulary > 1.1 * stored + 1e6)
            throw new ModelFileException($"{config.File} describes a model of {expected:0.##e+0} numbers, but {weights.Location} holds {stored:N0}; one of the two belongs to another model.");
    }
}
