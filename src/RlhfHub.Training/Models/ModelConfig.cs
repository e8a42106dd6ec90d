using System.Text;
using System.Text.Json.Nodes;
using RlhfHub.Training.Models.Families;

namespace RlhfHub.Training.Models;

/// <summary>A model folder's <c>config.json</c>: which family, which shape, which head. Holds no torch type.</summary>
public sealed class ModelConfig
{
    /// <summary>The file's name in a model folder.</summary>
    public const string FileName = "config.json";

    private ModelConfig(ConfigReader reader, ModelFamily family)
    {
        File = reader.File;
        Family = family;
        Json = reader.Json;
        Decoder = family.ReadOptions(reader);
        Architecture = reader.Texts("architectures") is [var first, ..] ? first : family.CausalArchitecture;
        Labels = IsClassifier ? ReadLabels(reader) : [];
        DType = reader.Text("dtype", reader.Text("torch_dtype", "float32"));
        EndIds = reader.TokenIds("eos_token_id");
        StartId = reader.TokenIds("bos_token_id") is [var start, ..] ? start : null;
        PadId = reader.TokenIds("pad_token_id") is [var pad, ..] ? pad : null;
    }

    /// <summary>Where it was read from; for messages.</summary>
    public string File { get; }

    /// <summary>What the decoder is made of.</summary>
    public DecoderOptions Decoder { get; }

    /// <summary>The family's <c>model_type</c>, e.g. <c>llama</c>.</summary>
    public string ModelType => Family.ModelType;

    /// <summary>The first of <c>architectures</c>, e.g. <c>LlamaForCausalLM</c>.</summary>
    public string Architecture { get; }

    /// <summary>True for a scalar or label head (<c>…ForSequenceClassification</c>), false for a language model.</summary>
    public bool IsClassifier => Architecture == Family.ClassificationArchitecture;

    /// <summary>A classifier's label names by number; one for a reward model; none for a language model.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The type in which the weights were saved: <c>float32</c>, <c>bfloat16</c> or <c>float16</c>.</summary>
    public string DType { get; }

    /// <summary>Token ids that end a text; may be empty.</summary>
    public IReadOnlyList<int> EndIds { get; }

    /// <summary>The token id that starts a text, where there is one.</summary>
    public int? StartId { get; }

    /// <summary>The token id of padding, where there is one.</summary>
    public int? PadId { get; }

    internal ModelFamily Family { get; }

    internal JsonObject Json { get; }

    /// <summary>The longest sequence that the model takes, in tokens; a dynamic rotary scaling goes beyond what it was trained with.</summary>
    public int ContextLength => Decoder.Rope?.Scaling is DynamicRopeScaling dynamic ? (int)Math.Min(int.MaxValue, Decoder.MaxPositions * dynamic.Factor) : Decoder.MaxPositions;

    /// <summary>Reads <c>config.json</c> of a model folder.</summary>
    /// <exception cref="ModelFileException">The file is missing, broken, or describes a model of no known family.</exception>
    public static ModelConfig Load(string folder)
    {
        if (!Directory.Exists(folder)) throw new ModelFileException($"The model folder {folder} does not exist.");
        return Read(ConfigReader.Open(Path.Combine(folder, ModelConfig.FileName)));
    }

    /// <summary>Takes a config that is made in memory, for a model that is yet to be trained.</summary>
    /// <param name="json">What <c>config.json</c> would hold.</param>
    /// <exception cref="ModelFileException">It does not describe a model.</exception>
    public static ModelConfig From(JsonObject json) => Parse(Encoding.UTF8.GetBytes(json.ToJsonString()), "The given config");

    internal static ModelConfig Parse(ReadOnlySpan<byte> utf8, string file) => Read(ConfigReader.Parse(utf8, file));

    private static ModelConfig Read(ConfigReader reader)
    {
        var family = ModelFamilies.Find(reader.Text("model_type"))
            ?? throw reader.Wrong("model_type", string.Join(", ", ModelFamilies.All.Select(f => f.ModelType)));
        var config = new ModelConfig(reader, family);
        if (config.Architecture != family.CausalArchitecture && !config.IsClassifier)
            throw reader.Wrong("architectures", $"{family.CausalArchitecture} or {family.ClassificationArchitecture}");
        return config;
    }

    /// <summary>Reads <c>"id2label": {"0": "good", "1": "bad"}</c>, else <c>num_labels</c>.</summary>
    private static string[] ReadLabels(ConfigReader reader)
    {
        if (reader.Section("id2label") is not { } section)
            return [.. Enumerable.Range(0, Math.Min(reader.Size("num_labels", 2), 100_000)).Select(i => $"LABEL_{i}")];
        var names = Enumerable.Range(0, section.Json.Count).Select(i => section.Text($"{i}")).ToArray();
        return names.Length > 0 ? names : throw reader.Wrong("id2label", "a name for each label, numbered from 0");
    }
}
