using System.Text;
using System.Text.Json.Nodes;
using RlhfHub.Training.Generation;
using RlhfHub.Training.Models;
using RlhfHub.Training.Models.Safetensors;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Models;

/// <summary>Every broken model folder gets one sentence that names file, key and what would be right.</summary>
public sealed class ModelFolderErrorTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ModelFolderErrorTests()
    {
        foreach (var name in new[] { "config.json", "model.safetensors" }) File.Copy(Path.Combine(ModelFixtures.Folder("llama-gqa-tied"), name), folder[name]);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Load_NoFolder_SaysSo() => AssertRefused($"The model folder {folder["none"]} does not exist.", folder["none"]);

    [Fact]
    public void Load_NoConfig_SaysWhatAModelFolderHolds()
    {
        File.Delete(folder["config.json"]);

        AssertRefused("config.json was not found; a model folder in Hugging Face format holds");
    }

    [Fact]
    public void Load_NoWeights_NamesTheFile()
    {
        File.Delete(folder["model.safetensors"]);

        AssertRefused("model.safetensors");
    }

    [Fact]
    public void Load_CutOffWeights_SaysSo()
    {
        using (var file = File.OpenWrite(folder["model.safetensors"])) file.SetLength(file.Length / 2);

        AssertRefused("model.safetensors");
    }

    [Theory]
    [InlineData("model_type", "\"falcon\"", "'model_type' is \"falcon\"; expected llama, mistral, qwen2, qwen3, gpt2, gpt_neox.")]
    [InlineData("architectures", "[\"LlamaForTokenClassification\"]", "'architectures' is [\"LlamaForTokenClassification\"]; expected LlamaForCausalLM or LlamaForSequenceClassification.")]
    [InlineData("rope_scaling", "{\"rope_type\":\"longrope\",\"factor\":2}", "'rope_scaling.rope_type' is \"longrope\"; expected default, linear, dynamic, llama3 or yarn.")]
    [InlineData("rope_scaling", "{\"rope_type\":\"linear\"}", "'rope_scaling.factor' is missing; expected a positive number.")]
    [InlineData("num_attention_heads", "3", "'num_attention_heads' is 3; expected a divisor of the hidden size, 16.")]
    [InlineData("num_key_value_heads", "3", "'num_key_value_heads' is 3; expected a divisor of num_attention_heads, 4.")]
    [InlineData("hidden_size", "\"16\"", "'hidden_size' is \"16\"; expected a whole number from 1 to")]
    [InlineData("hidden_size", "-16", "'hidden_size' is -16; expected a whole number from 1 to")]
    [InlineData("vocab_size", "null", "'vocab_size' is missing; expected a whole number from 1 to")]
    [InlineData("hidden_act", "\"tanhshrink\"", "'hidden_act' is \"tanhshrink\"; expected silu, gelu,")]
    [InlineData("torch_dtype", "\"float8\"", "'torch_dtype' is 'float8'; expected float32, bfloat16 or float16.")]
    [InlineData("num_hidden_layers", "100000000", "one of the two belongs to another model.")]
    [InlineData("intermediate_size", "200000000", "one of the two belongs to another model.")]
    [InlineData("vocab_size", "200000000", "one of the two belongs to another model.")]
    [InlineData("num_hidden_layers", "4", "tensors are missing: 'model.layers.")]
    [InlineData("intermediate_size", "24", "of another shape: 'model.layers.0.mlp.")]
    [InlineData("attention_bias", "true", "tensors are missing: 'model.layers.0.self_attn.k_proj.bias'")]
    [InlineData("num_hidden_layers", "1", "tensors are unexpected: 'model.layers.1.input_layernorm.weight'")]
    public void Load_ConfigThatIsWrong_NamesTheKeyAndWhatWouldBeRight(string key, string value, string message)
    {
        var config = JsonNode.Parse(File.ReadAllText(folder["config.json"]))!;
        config[key] = JsonNode.Parse(value);
        File.WriteAllText(folder["config.json"], config.ToJsonString());

        AssertRefused(message);
    }

    [Fact]
    public void LoadClassifier_OfALanguageModel_SaysWhatItIs()
    {
        var error = Assert.Throws<ModelFileException>(() => ModelFolder.LoadClassifier(folder.Path));

        Assert.Contains("LlamaForCausalLM has no head for scores; expected LlamaForSequenceClassification.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadTokenizer_OfALargerVocabulary_NamesBoth()
    {
        File.Copy(Repository.Fixture("tokenizers", "small", "gpt2-style", "tokenizer.json"), folder["tokenizer.json"]);

        var error = Assert.Throws<ModelFileException>(() => TextModel.Load(folder.Path));

        Assert.Contains("one of the two belongs to another model.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WeightsThatDoNotFit_LeavesNoMoreBehindThanADisposedModel()
    {
        var start = Tensor.TotalCount;
        ModelFolder.LoadCausal(folder.Path).Dispose();
        var ofDisposed = Tensor.TotalCount - start;   // the count goes on including the tensor that each Parameter was made of and emptied
        var config = JsonNode.Parse(File.ReadAllText(folder["config.json"]))!;
        config["intermediate_size"] = 24;
        File.WriteAllText(folder["config.json"], config.ToJsonString());
        start = Tensor.TotalCount;

        AssertRefused("of another shape");

        Assert.Equal(ofDisposed, Tensor.TotalCount - start);
    }

    [Fact]
    public void LoadText_BrokenGenerationConfig_IsSaidBeforeTheWeightsAreRead()
    {
        var config = JsonNode.Parse(File.ReadAllText(folder["config.json"]))!;
        config["vocab_size"] = 100_000;
        File.WriteAllText(folder["config.json"], config.ToJsonString());
        File.Copy(Repository.Fixture("tokenizers", "small", "gpt2-style", "tokenizer.json"), folder["tokenizer.json"]);
        File.WriteAllText(folder["generation_config.json"], """{"eos_token_id": "x"}""");
        File.Delete(folder["model.safetensors"]);

        var error = Assert.Throws<ModelFileException>(() => TextModel.Load(folder.Path));

        Assert.Contains("generation_config.json: 'eos_token_id' is \"x\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_Qwen2WhoseWindowIsNull_HasNone()
    {
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(ModelFixtures.Folder("qwen2"), "config.json")))!.AsObject();
        (config["use_sliding_window"], config["max_window_layers"], config["sliding_window"]) = (true, 0, null);
        Assert.Null(ModelConfig.From(config).Decoder.SlidingWindow);

        config.Remove("sliding_window");
        Assert.Equal(4096, ModelConfig.From(config).Decoder.SlidingWindow);
    }

    [Fact]
    public void Load_CheckpointOfTheBareDecoder_IsTaken()
    {
        // As the original gpt2 is published: no prefix, and the causal masks stored as buffers.
        using var scope = NewDisposeScope();
        var source = ModelFixtures.Folder("gpt2");
        File.Copy(Path.Combine(source, "config.json"), folder["config.json"], overwrite: true);
        using (var weights = SafetensorsFile.Open(Path.Combine(source, "model.safetensors")))
        {
            var bare = weights.Entries.Keys.Select(name => KeyValuePair.Create(name["transformer.".Length..], weights.Read(name))).Append(KeyValuePair.Create("h.0.attn.bias", ones(1, 1, 4, 4)));
            File.Delete(folder["model.safetensors"]);
            SafetensorsWriter.Write(folder["model.safetensors"], [.. bare]);
        }

        using var model = ModelFolder.LoadCausal(folder.Path);
        using var original = ModelFolder.LoadCausal(source);

        var ids = tensor(new long[,] { { 1, 2, 3 } });
        Assert.True(model.forward(ids).allclose(original.forward(ids), 0, 0));
    }

    [Fact]
    public void Parse_TwoThousandMutatedConfigs_LoadOrAreRefused()
    {
        var random = new Random(5);
        var originals = ModelFixtures.Names.Select(name => File.ReadAllBytes(Path.Combine(ModelFixtures.Folder(name), "config.json"))).ToArray();
        string[] values = ["0", "-1", "1e400", "2147483648", "null", "true", "\"x\"", "[]", "{}", "0.5", "268435456", "[1,[2]]"];
        var refused = 0;
        for (var i = 0; i < 2000; i++)
        {
            var bytes = (byte[])originals[i % originals.Length].Clone();
            if (i % 2 == 0)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }
            else
            {
                var config = JsonNode.Parse(bytes)!.AsObject();
                config[config.Select(pair => pair.Key).ElementAt(random.Next(config.Count))] = JsonNode.Parse(values[random.Next(values.Length)]);
                bytes = Encoding.UTF8.GetBytes(config.ToJsonString());
            }
            try
            {
                var parsed = ModelConfig.Parse(bytes, "config.json");
                parsed.Decoder.Rope?.Scaling.Frequencies(parsed.Decoder.Rope, 8);
            }
            catch (ModelFileException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 500, 1900);
    }

    private void AssertRefused(string message, string? path = null)
    {
        var error = Assert.Throws<ModelFileException>(() => ModelFolder.LoadCausal(path ?? folder.Path));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
