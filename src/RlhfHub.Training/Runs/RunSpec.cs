using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using RlhfHub.Training.Data;

namespace RlhfHub.Training.Runs;

/// <summary>The contents of run.json: what a run does, from what, with which data. It is written once and never changed.</summary>
public sealed partial record RunSpec
{
    /// <summary>The version of the contract that this code reads and writes.</summary>
    public const int CurrentSchemaVersion = 1;

    /// <summary>What can be done, in the order of a project's life.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["pretrain", "sft", "reward", "classify", "ppo", "dpo", "generate", "evaluate"];

    /// <summary>The types that weights can be asked for in; <c>auto</c> is the model's own.</summary>
    public static IReadOnlyList<string> DTypes { get; } = ["auto", "float32", "bfloat16", "float16"];

    /// <summary>The version of the contract.</summary>
    public int SchemaVersion { get; init; } = CurrentSchemaVersion;

    /// <summary>What is done: one of <see cref="Kinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The folder of the model to start from, absolute or relative to the run folder. Only <c>pretrain</c> may go without.</summary>
    public string? BaseModel { get; init; }

    /// <summary>The folder of the adapter to start from, absolute or relative to the run folder; null for none.</summary>
    public string? Adapter { get; init; }

    /// <summary>The trainer's options under TRL's names; see <see cref="BindOptions{T}"/>.</summary>
    public JsonObject Options { get; init; } = [];

    /// <summary>Everything random follows from it. Default 42, as in TRL.</summary>
    public long Seed { get; init; } = 42;

    /// <summary><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>The type of the weights: one of <see cref="DTypes"/>.</summary>
    [JsonPropertyName("dtype")]
    public string DType { get; init; } = "auto";

    /// <summary>The frozen inputs.</summary>
    public IReadOnlyList<RunDataFile> Data { get; init; } = [];

    /// <summary>Reads and checks run.json.</summary>
    /// <exception cref="InvalidInputException">It is not valid; the message has a sentence for everything that is wrong.</exception>
    public static RunSpec Read(RunFolder folder)
    {
        var fields = ReadObject(folder.SpecFile);
        // Other versions have other fields: complaining about those as well would mislead.
        if (fields["schemaVersion"] is { } version && !JsonNode.DeepEquals(version, CurrentSchemaVersion))
            throw new InvalidInputException($"{folder.SpecFile}: 'schemaVersion' is {RecordBinder.Shown(version)}; this version of RlhfHub reads {CurrentSchemaVersion}.");
        var binder = new RecordBinder(RunJson.Indented, folder.SpecFile);
        var spec = (RunSpec)binder.Bind(typeof(RunSpec), fields);
        binder.ThrowIfFaulty();
        spec.ThrowIfInvalid(folder.SpecFile);
        return spec;
    }

    /// <summary>Checks and writes run.json; the folder is a run from then on. The data files are flushed to the disk before it.</summary>
    /// <exception cref="InvalidInputException">Something is not valid; nothing is written.</exception>
    public void Write(RunFolder folder)
    {
        ThrowIfInvalid(folder.SpecFile);
        foreach (var file in Data.Select(data => data.FullPath(folder)).Where(File.Exists)) DiskFlush.OfFile(file);
        DiskFlush.OfFolder(folder.DataFolder);
        RunJson.Write(folder.SpecFile, this);
    }

    /// <summary>The options as a record whose annotations say what is allowed; names are the properties' in snake_case unless <c>[JsonPropertyName]</c> says otherwise.</summary>
    /// <exception cref="InvalidInputException">A name is unknown, or a value missing, of the wrong type or out of range; the message has a sentence for each.</exception>
    public T BindOptions<T>(RunFolder folder) where T : class => RunOptions.Bind<T>(Options, folder.SpecFile, "options");

    /// <summary>Checks that every data file is there and unchanged. To be called before anything is loaded.</summary>
    /// <exception cref="InvalidInputException">One is missing, leads out of the folder, or has other contents; the message has a sentence for each.</exception>
    public void VerifyData(RunFolder folder)
    {
        ThrowIfInvalid(folder.SpecFile);
        RecordBinder.Throw([.. Data.Select(file => file.FindDamage(folder)).OfType<string>()]);
    }

    /// <summary>Checks that the folders of the models that the run starts from, or that its options name, are there.</summary>
    /// <exception cref="InvalidInputException">One is not; the message has a sentence for each.</exception>
    public void VerifyModels(RunFolder folder)
    {
        (string Field, string? Path, string Expected)[] models =
        [
            ("baseModel", BaseModel, "config.json, model.safetensors and tokenizer.json"),
            ("adapter", Adapter, "adapter_config.json and adapter_model.safetensors"),
            .. ((string[])["reward_model_path", "held_out_reward_model_path", "compare_with"])
                .Select(name => ($"options.{name}", (string?)Options[name], "the files of a model or of an adapter")),
        ];
        RecordBinder.Throw(
        [
            .. models.Where(model => model.Path is not null && !Directory.Exists(folder.Resolve(model.Path)))
                .Select(model => $"{folder.SpecFile}: '{model.Field}' is {RecordBinder.Shown(model.Path)}, but there is no folder {folder.Resolve(model.Path!)}; expected one with {model.Expected}."),
        ]);
    }

    /// <summary>The data files of one role, as full paths.</summary>
    public IReadOnlyList<string> DataFiles(RunFolder folder, string role) => [.. Data.Where(file => file.Role == role).Select(file => file.FullPath(folder))];

    private void ThrowIfInvalid(string file) => RecordBinder.Throw([.. FindFaults().Select(fault => $"{file}: {fault}")]);

    private IEnumerable<string> FindFaults()
    {
        if (SchemaVersion != CurrentSchemaVersion) yield return $"'schemaVersion' is {SchemaVersion}; expected {CurrentSchemaVersion}.";
        if (!Kinds.Contains(Kind)) yield return $"'kind' is {RecordBinder.Shown(Kind)}; expected one of {string.Join(", ", Kinds)}.";
        if (string.IsNullOrWhiteSpace(BaseModel) && (BaseModel is not null || Kind != "pretrain")) yield return "'baseModel' is missing; expected the folder of a model.";
        if (Adapter is not null && string.IsNullOrWhiteSpace(Adapter)) yield return "'adapter' is empty; expected the folder of an adapter, or null.";
        if (!DeviceForm().IsMatch(Device)) yield return $"'device' is {RecordBinder.Shown(Device)}; expected auto, cpu, cuda or cuda:N.";
        if (!DTypes.Contains(DType)) yield return $"'dtype' is {RecordBinder.Shown(DType)}; expected one of {string.Join(", ", DTypes)}.";
        for (var index = 0; index < Data.Count; index++)
            foreach (var fault in Data[index].FindFaults($"data[{index}]")) yield return fault;
        foreach (var twice in Data.CountBy(file => file.Path).Where(count => count.Value > 1))
            yield return $"'data' lists {RecordBinder.Shown(twice.Key)} {twice.Value} times; expected each file once.";
    }

    private static JsonObject ReadObject(string file)
    {
        try
        {
            var text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(file));
            var node = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
            JsonTexts.Decode(node);
            return node as JsonObject ?? throw new InvalidInputException($"{file} is no JSON object.");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or DecoderFallbackException)
        {
            throw new InvalidInputException($"{file} is not valid JSON: {error.Message}", error);
        }
    }

    [GeneratedRegex(@"\A(auto|cpu|cuda|cuda:[0-9]{1,3})\z")]
    private static partial Regex DeviceForm();
}
