using System.Text.Json;
using System.Text.Json.Nodes;
using RlhfHub.Training.Models;
using RlhfHub.Training.Runs;
using RlhfHub.Training.Tokenization;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Trainers;

/// <summary>Run folders beside a tiny random model, with data that each kind can learn.</summary>
internal sealed class RunSample : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public RunSample() => WriteBaseModel(BaseModel);

    public string BaseModel => folder["base"];

    public void Dispose() => folder.Dispose();

    /// <summary>Writes a tiny random Llama with a real tokenizer.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="embeddingScale">What the embedding is multiplied by. It is the head too: with the usual small numbers no adapter around it could make a token likely.</param>
    public static void WriteBaseModel(string folder, double embeddingScale = 1)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(Repository.Fixture("tokenizers", "small", "qwen2-style"))) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), """{"eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>"}""");
        var config = ModelConfig.From(new JsonObject
        {
            ["model_type"] = "llama",
            ["architectures"] = new JsonArray("LlamaForCausalLM"),
            ["vocab_size"] = Tokenizer.Load(folder).VocabularySize,
            ["hidden_size"] = 32,
            ["intermediate_size"] = 64,
            ["num_hidden_layers"] = 2,
            ["num_attention_heads"] = 4,
            ["num_key_value_heads"] = 2,
            ["max_position_embeddings"] = 64,
            ["tie_word_embeddings"] = true,
        });
        using var model = ModelFolder.CreateCausal(config, ScalarType.Float32, CPU, seed: 3);
        using (var noGrad = no_grad()) model.Decoder.EmbeddingWeight.mul_(embeddingScale);
        ModelFolder.Save(model, folder);
    }

    /// <summary>A run folder, ready to be executed.</summary>
    /// <param name="name">Its name; other runs' outputs are <c>../name/output</c>.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="options">Its options; nulls are left out.</param>
    /// <param name="train">The training file; one that fits the kind where null, none where empty.</param>
    /// <param name="validation">The validation file; one that fits the kind where null.</param>
    /// <param name="baseModel">The model to start from.</param>
    /// <param name="adapter">The adapter to start from.</param>
    /// <param name="dtype">The type of the weights.</param>
    public string Make(string name, string kind, JsonObject options, string? train = null, string? validation = null, string baseModel = "../base", string? adapter = null, string dtype = "auto")
    {
        var run = RunFolder.Create(folder[name]);
        if (train != "") File.WriteAllText(Path.Combine(run.DataFolder, "train.jsonl"), train ?? Lines(0, 20, i => Row(kind, i)));
        File.WriteAllText(Path.Combine(run.DataFolder, "validation.jsonl"), validation ?? Lines(30, 4, i => Row(kind, i)));
        if (kind != "evaluate")
        {
            options.TryAdd("sample_count", 2);
            options.TryAdd("sample_tokens", 12);
        }
        if (kind == "classify") options.TryAdd("labels", new JsonArray("even", "odd"));
        foreach (var absent in options.Where(item => item.Value is null).Select(item => item.Key).ToArray()) options.Remove(absent);
        new RunSpec
        {
            Kind = kind,
            BaseModel = baseModel,
            Adapter = adapter,
            Options = options,
            Device = "cpu",
            DType = dtype,
            Data = [.. new[] { "train", "validation" }.Where(role => role != "train" || train != "").Select(role => RunDataFile.Describe(run, $"{role}.jsonl", role))],
        }.Write(run);
        return run.Path;
    }

    public static string Lines(int first, int count, Func<int, string> row) => string.Join('\n', Enumerable.Range(first, count).Select(row));

    public static string Row(string kind, int i) => kind switch
    {
        "pretrain" => $$"""{"text": "The number {{i}} comes before {{i + 1}}."}""",
        "sft" or "evaluate" => $$"""{"prompt": "What is {{i}}?", "completion": " It is {{i}}."}""",
        "classify" => $$"""{"text": "{{(i % 2 == 0 ? "Yes" : "No")}}, {{i}} it is.", "label": "{{(i % 2 == 0 ? "even" : "odd")}}"}""",
        _ => $$"""{"prompt": "What is {{i}}?", "chosen": " It is {{i}}.", "rejected": " No."}""",
    };

    public static IReadOnlyList<RunEvent> EventsOf(string run) => new EventTail(RunFolder.Open(run)).ReadNew(100_000);

    /// <summary>The run's metrics.json.</summary>
    public static Dictionary<string, double> ResultsOf(string run) =>
        JsonSerializer.Deserialize<Dictionary<string, double>>(File.ReadAllText(Path.Combine(run, "output", "metrics.json")), new JsonSerializerOptions { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals })!;
}
