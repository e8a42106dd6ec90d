using System.Text.Json.Nodes;
using RlhfHub.Training.Evaluation;
using RlhfHub.Training.Models;
using RlhfHub.Training.Runs;
using RlhfHub.Training.Trainers;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Trainers;

/// <summary>
/// A task small enough to write down every reply, so that the best that any policy can do is known:
/// max E[r − β log π/ref] = β log Σ ref · exp(r/β), over replies. Every reply of up to two of sixteen tokens counts, and the reward hangs on both.
/// </summary>
public sealed class PpoOptimumTests : IDisposable
{
    private const int Vocabulary = 16;
    private const int End = 0;
    private const int Length = 2;
    private const double Beta = 0.5;
    private static readonly int[] Prompt = [3, 4];

    private readonly TemporaryFolder folder = new();
    private readonly int[][] texts = [.. Replies([]).Select(reply => (int[])[.. Prompt, .. reply])];

    public PpoOptimumTests()
    {
        using (var model = RandomModel(seed: 1)) ModelFolder.Save(model, folder["base"]);
        File.WriteAllText(folder["base", "tokenizer.json"], Tokenizer());
        File.WriteAllText(folder["base", "tokenizer_config.json"], """{"eos_token": "<e>", "pad_token": "<e>"}""");
        using (var model = RandomModel(seed: 2)) ModelFolder.Save(model, folder["judge"]);
        using var reward = ModelFolder.StartClassifier(folder["judge"], ["reward"], End, seed: 5);
        ModelFolder.Save(reward, folder["reward"], companionsFrom: folder["base"]);
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Execute_KnownOptimum_ComesNear(long seed)
    {
        var run = Make(seed);

        TrainingRun.Execute(run.Path, TimeProvider.System);

        using var judge = ModelFolder.LoadClassifier(folder["reward"]);
        var rewards = SequenceScorer.Scores(judge, texts, batchSize: 2048).Select(scores => (double)scores[0]).ToArray();
        var (start, end) = (LogProbabilities(folder["base"]), LogProbabilities(run.OutputFolder));
        Assert.Equal(1, start.Sum(Math.Exp), 1e-3);
        var best = Beta * Math.Log(start.Zip(rewards, (log, reward) => Math.Exp(log + reward / Beta)).Sum());
        var before = Objective(start, start, rewards);
        var share = (Objective(end, start, rewards) - before) / (best - before);
        // Nobody can do better than the optimum: more would mean that a sum is wrong.
        Assert.True(share is >= 0.95 and <= 1.0001, $"{share:P1} of the way from {before:F3} to {best:F3}");
    }

    private static double Objective(double[] logs, double[] reference, double[] rewards) =>
        Enumerable.Range(0, logs.Length).Sum(i => Math.Exp(logs[i]) * (rewards[i] - Beta * (logs[i] - reference[i])));

    private double[] LogProbabilities(string model)
    {
        using var loaded = ModelFolder.LoadCausal(model);
        return [.. SequenceScorer.LogProbabilities(loaded, texts, batchSize: 2048).Select(logs => logs[(Prompt.Length - 1)..].Sum(log => (double)log))];
    }

    private static IEnumerable<int[]> Replies(int[] start)
    {
        yield return [.. start, End];
        for (var token = 1; token < Vocabulary; token++)
        {
            int[] longer = [.. start, token];
            if (longer.Length == Length) yield return longer;
            else
                foreach (var reply in Replies(longer)) yield return reply;
        }
    }

    private RunFolder Make(long seed)
    {
        var run = RunFolder.Create(folder[$"run-{seed}"]);
        File.WriteAllText(Path.Combine(run.DataFolder, "prompts.jsonl"), """{"prompt": "cd"}""");
        new RunSpec
        {
            Kind = "ppo",
            BaseModel = "../base",
            Seed = seed,
            Device = "cpu",
            Options = new()
            {
                ["reward_model_path"] = "../reward",
                ["response_length"] = Length,
                ["temperature"] = 1.0,
                ["kl_coef"] = Beta,
                ["max_steps"] = 100,
                ["learning_rate"] = 0.003,
                ["per_device_train_batch_size"] = 256,
                ["per_device_eval_batch_size"] = 256,
                ["gradient_checkpointing"] = false,
                ["num_sample_generations"] = 0,
                ["save_steps"] = 1000,
            },
            Data = [RunDataFile.Describe(run, "prompts.jsonl", "prompts")],
        }.Write(run);
        return run;
    }

    private static CausalModel RandomModel(long seed)
    {
        var model = ModelFolder.CreateCausal(ModelConfig.From(new JsonObject
        {
            ["model_type"] = "llama",
            ["architectures"] = new JsonArray("LlamaForCausalLM"),
            ["vocab_size"] = Vocabulary,
            ["hidden_size"] = 32,
            ["intermediate_size"] = 64,
            ["num_hidden_layers"] = 2,
            ["num_attention_heads"] = 4,
            ["num_key_value_heads"] = 4,
            ["max_position_embeddings"] = 16,
            ["tie_word_embeddings"] = false,
            ["eos_token_id"] = End,
        }), ScalarType.Float32, CPU, seed);
        // The usual small numbers would see hardly more than the last token.
        using var noGrad = no_grad();
        foreach (var parameter in model.parameters().Where(parameter => parameter.dim() > 1)) parameter.mul_(8);
        return model;
    }

    /// <summary>One letter a token.</summary>
    private static string Tokenizer() => new JsonObject
    {
        ["version"] = "1.0",
        ["added_tokens"] = new JsonArray(new JsonObject
        {
            ["id"] = End,
            ["content"] = "<e>",
            ["single_word"] = false,
            ["lstrip"] = false,
            ["rstrip"] = false,
            ["normalized"] = false,
            ["special"] = true,
        }),
        ["model"] = new JsonObject
        {
            ["type"] = "BPE",
            ["vocab"] = new JsonObject(Enumerable.Range(0, Vocabulary).Select(id => KeyValuePair.Create(id == End ? "<e>" : $"{(char)('a' + id - 1)}", (JsonNode?)id))),
            ["merges"] = new JsonArray(),
        },
    }.ToJsonString();
}
