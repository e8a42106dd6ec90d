using System.Text.Json.Nodes;
using RlhfHub.Training.Models;
using RlhfHub.Training.Tokenization;
using static TorchSharp.torch;

namespace RlhfHub.Worker.Tests;

/// <summary>A random model folder with a real tokenizer and a chat template, made once for all tests.</summary>
public sealed class TinyModel : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public TinyModel()
    {
        var tokenizer = Repository.Fixture("tokenizers", "small", "qwen2-style");
        Directory.CreateDirectory(Folder);
        foreach (var file in Directory.GetFiles(tokenizer)) File.Copy(file, Path.Combine(Folder, Path.GetFileName(file)), overwrite: true);
        File.Copy(Repository.Fixture("templates", "styles", "chatml.jinja"), Path.Combine(Folder, "chat_template.jinja"), overwrite: true);
        File.WriteAllText(Path.Combine(Folder, "tokenizer_config.json"), """{"eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>"}""");
        var config = ModelConfig.From(Shape(Tokenizer.Load(Folder)));
        using var model = ModelFolder.CreateCausal(config, ScalarType.Float32, CPU, seed: 3);
        ModelFolder.Save(model, Folder);
    }

    public string Folder => folder["model"];

    public string Write(string name, string content)
    {
        var path = folder[name];
        File.WriteAllText(path, content);
        return path;
    }

    public void Dispose() => folder.Dispose();

    private static JsonObject Shape(Tokenizer tokenizer) => new()
    {
        ["model_type"] = "llama",
        ["architectures"] = new JsonArray("LlamaForCausalLM"),
        ["vocab_size"] = tokenizer.VocabularySize,
        ["hidden_size"] = 32,
        ["intermediate_size"] = 64,
        ["num_hidden_layers"] = 2,
        ["num_attention_heads"] = 4,
        ["num_key_value_heads"] = 2,
        ["max_position_embeddings"] = 128,
        ["tie_word_embeddings"] = true,
        ["eos_token_id"] = tokenizer.EosId,
    };
}
