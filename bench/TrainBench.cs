using System.CommandLine;
using System.Text.Json.Nodes;
using RlhfHub.Training.Models;
using RlhfHub.Training.Optimizers;
using RlhfHub.Training.Runs;
using RlhfHub.Training.Trainers;
using static TorchSharp.torch;

namespace RlhfHub.Bench;

/// <summary><c>train</c>: how near training a small model comes to the machine's own matrix products, and how a step of PPO divides.</summary>
internal static class TrainBench
{
    private const int Batch = 32;
    private const int Length = 128;
    private const int Steps = 32;
    private const int StepsAPoint = 2;

    private const int Episodes = 32;
    private const int PromptLength = 32;
    private const int ReplyLength = 48;

    public static Command Create()
    {
        var only = new Option<string?>("--only") { Description = "float32, bfloat16 or ppo; all when not given." };
        var command = new Command("train", "Training a model of the starter's shape, as a share of the machine's own matrix product rate; the share of generation in a step of PPO.") { only };
        command.SetAction(parsed =>
        {
            using var folder = new TemporaryFolder();
            var wanted = parsed.GetValue(only);
            SampleRuns.WriteModel(folder["base"], Shape(), ScalarType.Float32);
            if (wanted is null or "ppo") OptimizerCalls(folder["base"]);
            var float32 = wanted is null or "float32" ? Supervised(folder, "float32", ScalarType.Float32) : double.NaN;
            var bfloat16 = wanted is null or "bfloat16" ? Supervised(folder, "bfloat16", ScalarType.BFloat16) : double.NaN;
            if (wanted is null) Console.WriteLine($"bfloat16 trains {bfloat16 / float32:0.00} x as fast as float32");
            if (wanted is null or "ppo") Ppo(folder);
        });
        return command;
    }

    /// <summary>Operations of a step: six a weight and token (forward, and twice that backward), the head's included, and three times the causal half of the attention.</summary>
    private static double Operations(DecoderOptions options)
    {
        double matrices = options.ParameterCount - (double)options.VocabularySize * options.HiddenSize * (options.HasTiedHead ? 1 : 2);
        var head = (double)options.VocabularySize * options.HiddenSize;
        var attention = 2.0 * Length * options.Heads * options.HeadDim * options.Layers;   // 4·t·d, halved: no token sees its future
        return Batch * (double)Length * (6 * (matrices + head) + 3 * attention);
    }

    private static double Supervised(TemporaryFolder folder, string name, ScalarType dtype)
    {
        // Recomputing each block would be a third more work that the formula does not count.
        var run = SampleRuns.Sft(folder[name], folder["base"], 4 * Batch, Length, new()
        {
            ["per_device_train_batch_size"] = Batch,
            ["max_steps"] = Steps,
            ["logging_steps"] = StepsAPoint,
            ["gradient_checkpointing"] = false,
            ["learning_rate"] = 1e-3,
        }, name);
        TrainingRun.Execute(run, TimeProvider.System);
        var seconds = StepSeconds(run);
        var (gemm, layer) = (Measure.GemmRate(dtype), Measure.LinearRate(dtype));
        var rate = Operations(ModelConfig.Load(folder["base"]).Decoder) / seconds;
        Console.WriteLine($"{name,-8} {Batch} x {Length} tokens: {Batch * Length / seconds:N0} tokens/s, {rate / 1e9:0} GFLOP/s; matrix product {gemm / 1e9:0} GFLOP/s; ratio {rate / gemm:0.00}; a large linear layer {layer / 1e9:0} GFLOP/s; ratio {rate / layer:0.00}");
        return 1 / seconds;
    }

    /// <summary>Median of the times between two points of the log, after the first.</summary>
    private static double StepSeconds(string run)
    {
        var points = Points(run);
        return Median([.. points.Zip(points.Skip(1), (one, next) => (next.Time - one.Time).TotalSeconds / (next.Step - one.Step)).Skip(1)]);
    }

    private static MetricEvent[] Points(string run) => [.. new EventTail(RunFolder.Open(run)).ReadNew(100_000).OfType<MetricEvent>()];

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    private static void Ppo(TemporaryFolder folder)
    {
        using (var reward = ModelFolder.StartClassifier(folder["base"], ["reward"], padId: 0, seed: 5)) ModelFolder.Save(reward, folder["reward"], companionsFrom: folder["base"]);
        var run = SampleRuns.Ppo(folder["ppo"], folder["base"], folder["reward"], 4 * Episodes, PromptLength, ReplyLength,
            new() { ["per_device_train_batch_size"] = Episodes, ["max_steps"] = 12, ["gradient_checkpointing"] = false });
        TrainingRun.Execute(run, TimeProvider.System);
        double Part(string name) => Median([.. Points(run).Skip(1).Select(point => point.Metrics[$"time/{name}"])]);
        var (generation, scoring, learning) = (Part("generation"), Part("scoring"), Part("learning"));
        Console.WriteLine($"PPO, {Episodes} episodes of {PromptLength} + {ReplyLength} tokens, 4 epochs: generation {generation * 1e3:0} ms, scoring {scoring * 1e3:0} ms, learning {learning * 1e3:0} ms a step; generation is {generation / (generation + scoring + learning):P0}");
    }

    private static void OptimizerCalls(string folder)
    {
        using var model = ModelFolder.LoadCausal(folder);
        using var parameters = FlatParameters.Of(model);
        using var optimizer = new AdamW(parameters, new AdamWOptions { WeightDecay = 0.01 });
        foreach (var group in parameters.Groups) group.Gradients.fill_(1);
        optimizer.Step(1e-3);
        Console.WriteLine($"optimizer: {optimizer.LastOperations} calls into libtorch a step, clipping and clearing included, for {model.parameters().Count()} parameters");
    }

    /// <summary>The starter's shape, with the tokenizer to which digits are a token each.</summary>
    private static JsonObject Shape() => JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "models", "starter", "config.json")))!.AsObject();
}
