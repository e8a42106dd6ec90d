using System.Diagnostics;
using System.Text.Json.Nodes;
using RlhfHub.Training.Models;
using RlhfHub.Training.Models.Layers;
using static TorchSharp.torch;

namespace RlhfHub.Bench;

/// <summary>What the benchmarks share: medians, the machine's own speed, models to measure.</summary>
internal static class Measure
{
    /// <summary>Median seconds of several runs, after one that does not count.</summary>
    public static double MedianSeconds(int runs, Action action)
    {
        action();
        var seconds = new double[runs];
        for (var run = 0; run < runs; run++)
        {
            var clock = Stopwatch.StartNew();
            action();
            seconds[run] = clock.Elapsed.TotalSeconds;
        }
        Array.Sort(seconds);
        return seconds[runs / 2];
    }

    /// <summary>The best rate of libtorch's plain matrix product on this machine with the threads at hand, in FLOP/s.</summary>
    public static double GemmRate(ScalarType dtype) => ProductRate(dtype, (left, right) => left.mm(right));

    /// <summary>The same for the product as this product's linear layers compute it, which for float32 may be by another library.</summary>
    public static double LinearRate(ScalarType dtype) => ProductRate(dtype, (left, right) => LinearProduct.Of(left, right));

    private static double ProductRate(ScalarType dtype, Func<Tensor, Tensor, Tensor> product)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        double best = 0;
        foreach (var size in new[] { 512, 1024, 2048 })
        {
            var (left, right) = (randn(size, size).to(dtype), randn(size, size).to(dtype));
            var repeats = Math.Max(1, (int)(4e9 / (2.0 * size * size * size)));
            var seconds = MedianSeconds(5, () =>
            {
                for (var i = 0; i < repeats; i++) product(left, right).Dispose();
            });
            best = Math.Max(best, repeats * 2.0 * size * size * size / seconds);
        }
        return best;
    }

    /// <summary>A Llama of the given shape with random weights.</summary>
    public static CausalModel RandomLlama(int vocabulary, int hidden, int inner, int layers, int heads, int keyValueHeads, int context, ScalarType dtype)
    {
        var config = ModelConfig.From(new JsonObject
        {
            ["model_type"] = "llama",
            ["architectures"] = new JsonArray("LlamaForCausalLM"),
            ["vocab_size"] = vocabulary,
            ["hidden_size"] = hidden,
            ["intermediate_size"] = inner,
            ["num_hidden_layers"] = layers,
            ["num_attention_heads"] = heads,
            ["num_key_value_heads"] = keyValueHeads,
            ["max_position_embeddings"] = context,
            ["tie_word_embeddings"] = true,
        });
        return ModelFolder.CreateCausal(config, dtype, CPU, seed: 1);
    }

    /// <summary>The config of Qwen2.5-0.5B.</summary>
    public static JsonObject HalfBillionShape() => new()
    {
        ["model_type"] = "qwen2",
        ["architectures"] = new JsonArray("Qwen2ForCausalLM"),
        ["vocab_size"] = 151936,
        ["hidden_size"] = 896,
        ["intermediate_size"] = 4864,
        ["num_hidden_layers"] = 24,
        ["num_attention_heads"] = 14,
        ["num_key_value_heads"] = 2,
        ["max_position_embeddings"] = 32768,
        ["rope_theta"] = 1000000.0,
        ["rms_norm_eps"] = 1e-6,
        ["hidden_act"] = "silu",
        ["tie_word_embeddings"] = true,
        ["torch_dtype"] = "bfloat16",
    };

    /// <summary>The public stories260K model, where the test data lies.</summary>
    public static string StoriesFolder
    {
        get
        {
            var stated = Environment.GetEnvironmentVariable("RLHFHUB_TEST_DATA");
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); stated is null && folder is not null; folder = folder.Parent)
                if (Directory.Exists(Path.Combine(folder.FullName, "shared", "data", "stories260K"))) stated = Path.Combine(folder.FullName, "shared", "data");
            return Path.Combine(stated ?? "", "stories260K");
        }
    }

    /// <summary>Floating-point operations of reading one prompt: two a weight and token, and the causal half of the attention.</summary>
    public static double PrefillOperations(DecoderOptions options, int batch, int time)
    {
        double weights = options.ParameterCount - (double)options.VocabularySize * options.HiddenSize * (options.HasTiedHead ? 1 : 2);
        double attention = 2.0 * time * options.Heads * options.HeadDim * options.Layers;   // 4·t·d, halved: no token sees its future
        return batch * ((2 * weights + attention) * time + 2.0 * options.VocabularySize * options.HiddenSize);
    }
}
