using System.Text.Json;
using System.Text.Json.Nodes;
using RlhfHub.Training.Evaluation;
using RlhfHub.Training.Models;
using RlhfHub.Training.Runs;
using RlhfHub.Training.Trainers;

namespace RlhfHub.Training.Tests.Optimum;

/// <summary>Trains in a <see cref="TinyWorld"/> through run folders, as the product does, and measures how good that was.</summary>
internal static class OptimumRuns
{
    /// <summary>Prices of a nat at which PPO is measured: the best policies are about 4 and 2 nats from the reference.</summary>
    public static readonly double[] Betas = [0.5, 1];

    /// <summary>Weights of DPO's losses against the reference.</summary>
    private const double DpoBeta = 0.5;

    private const int Pairs = 120_000;
    private const int HeldOutPairs = 20_000;

    /// <summary>The share of the way to the optimum that PPO comes.</summary>
    public static double Ppo(TinyWorld world, double beta, long seed)
    {
        var run = Start(world, $"ppo-{beta}-{seed}", "ppo", seed, world.BaseModel, PpoOptions(world, beta), ("prompts", [$$"""{"prompt": "{{TinyWorld.TextOf(TinyWorld.Prompt)}}"}"""]));
        return world.ShareOfTheWay(TinyWorld.LogProbabilities(run.OutputFolder), beta);
    }

    public static JsonObject PpoOptions(TinyWorld world, double beta) => new()
    {
        ["reward_model_path"] = world.Judge,
        ["response_length"] = TinyWorld.Length,
        ["temperature"] = 1.0,
        ["kl_coef"] = beta,
        ["max_steps"] = 50,
        ["learning_rate"] = 0.003,
        ["value_learning_rate"] = 0.005,
        ["per_device_train_batch_size"] = 128,
        ["per_device_eval_batch_size"] = 512,
        ["num_mini_batches"] = 4,
        ["num_ppo_epochs"] = 2,
        ["lam"] = 1.0,
        ["gradient_checkpointing"] = false,
        ["num_sample_generations"] = 0,
        ["sample_count"] = 0,
        ["save_steps"] = 1000,
    };

    /// <summary>The correlation, over all replies as likely as the reference has them, of the true reward and the one that DPO's policy implies.</summary>
    public static double Dpo(TinyWorld world, long seed)
    {
        JsonObject options = Supervised(new() { ["beta"] = DpoBeta, ["learning_rate"] = 0.003 });
        var run = Start(world, $"dpo-{seed}", "dpo", seed, world.BaseModel, options, ("train", [.. RatedPairs(world, seed, Pairs).Select(pair => pair.Json)]));
        var (before, after) = (EncodedLogs(world.BaseModel), EncodedLogs(run.OutputFolder));
        return Correlation(world.Reference, world.Rewards, [.. after.Zip(before, (log, reference) => DpoBeta * (log - reference))]);
    }

    /// <summary>How well a reward model predicts raters whose answers are noisy.</summary>
    public static RewardFigures Reward(TinyWorld world, long seed)
    {
        var heldOut = RatedPairs(world, seed + 1_000_000, HeldOutPairs).ToArray();
        var run = Start(world, $"reward-{seed}", "reward", seed, world.BaseModel, Supervised(new() { ["learning_rate"] = 0.003 }), ("train", [.. RatedPairs(world, seed, Pairs).Select(pair => pair.Json)]));
        // A run of its own: a trainer refuses to measure on the prompt that it learned from, and this world has no other.
        var measured = Start(world, $"measured-{seed}", "evaluate", seed, run.OutputFolder, new() { ["per_device_eval_batch_size"] = 2048 }, ("validation", [.. heldOut.Select(pair => pair.Json)]));
        using var model = ModelFolder.LoadClassifier(run.OutputFolder);
        var scores = SequenceScorer.Scores(model, Encoded, batchSize: 4096).Select(all => all[0]).ToArray();
        var (right, best) = (0.0, 0.0);
        foreach (var (one, other, _) in heldOut)
        {
            var chance = ChanceOfFirst(world, one, other);
            right += scores[one] > scores[other] ? chance : 1 - chance;
            best += Math.Max(chance, 1 - chance);
        }
        var metrics = JsonSerializer.Deserialize<JsonObject>(File.ReadAllText(Path.Combine(measured.OutputFolder, "metrics.json")))!;
        return new(right / heldOut.Length, best / heldOut.Length, (double)metrics["eval_calibration_error"]!);
    }

    /// <summary>Runs a run folder to its end.</summary>
    public static RunFolder Start(TinyWorld world, string name, string kind, long seed, string model, JsonObject options, params (string Role, string[] Lines)[] data)
    {
        var run = RunFolder.Create(Path.Combine(world.Path, name));
        foreach (var (role, lines) in data) File.WriteAllLines(Path.Combine(run.DataFolder, $"{role}.jsonl"), lines);
        new RunSpec
        {
            Kind = kind,
            BaseModel = model,
            Seed = seed,
            Device = "cpu",
            Options = options,
            Data = [.. data.Select(file => RunDataFile.Describe(run, $"{file.Role}.jsonl", file.Role))],
        }.Write(run);
        TrainingRun.Execute(run.Path, TimeProvider.System);
        return run;
    }

    private static JsonObject Supervised(JsonObject options)
    {
        options["num_train_epochs"] = 2;
        options["per_device_train_batch_size"] = 256;
        options.TryAdd("per_device_eval_batch_size", 512);
        options["gradient_checkpointing"] = false;
        options["sample_count"] = 0;
        options["logging_steps"] = 1000;
        options["save_steps"] = 1_000_000;
        return options;
    }

    /// <summary>Two replies of the reference and what a Bradley-Terry rater said of them: the first is chosen with probability σ(r₁ − r₂).</summary>
    private static IEnumerable<(int One, int Other, string Json)> RatedPairs(TinyWorld world, long seed, int count)
    {
        var random = new Random((int)seed);
        var sums = new double[world.Reference.Length];
        for (var (i, sum) = (0, 0.0); i < sums.Length; i++) sums[i] = sum += Math.Exp(world.Reference[i]);
        int Draw()
        {
            var place = Array.BinarySearch(sums, random.NextDouble() * sums[^1]);
            return Math.Min(place < 0 ? ~place : place, sums.Length - 1);
        }
        var prompt = TinyWorld.TextOf(TinyWorld.Prompt);
        while (count > 0)
        {
            var (one, other) = (Draw(), Draw());
            if (one == other) continue;   // nobody is shown the same reply twice
            count--;
            var (chosen, rejected) = random.NextDouble() < ChanceOfFirst(world, one, other) ? (one, other) : (other, one);
            yield return (one, other, $$"""{"prompt": "{{prompt}}", "chosen": "{{TinyWorld.TextOf(TinyWorld.Replies[chosen])}}", "rejected": "{{TinyWorld.TextOf(TinyWorld.Replies[rejected])}}"}""");
        }
    }

    private static double ChanceOfFirst(TinyWorld world, int one, int other) => 1 / (1 + Math.Exp(world.Rewards[other] - world.Rewards[one]));

    /// <summary>Prompt and reply as the trainers make tokens of them: a reply that has not ended is given its end.</summary>
    private static IReadOnlyList<IReadOnlyList<int>> Encoded { get; } =
        [.. TinyWorld.Replies.Select(reply => (IReadOnlyList<int>)[.. TinyWorld.Prompt, .. reply, .. reply[^1] == TinyWorld.End ? Array.Empty<int>() : [TinyWorld.End]])];

    private static double[] EncodedLogs(string folder)
    {
        using var model = ModelFolder.LoadCausal(folder);
        return [.. SequenceScorer.LogProbabilities(model, Encoded, batchSize: 4096).Select(logs => logs[(TinyWorld.Prompt.Count - 1)..].Sum(log => (double)log))];
    }

    private static double Correlation(double[] logWeights, double[] x, double[] y)
    {
        double Mean(Func<int, double> of) => Enumerable.Range(0, x.Length).Sum(i => Math.Exp(logWeights[i]) * of(i));
        var (meanX, meanY) = (Mean(i => x[i]), Mean(i => y[i]));
        double Product(double[] left, double leftMean, double[] right, double rightMean) => Mean(i => (left[i] - leftMean) * (right[i] - rightMean));
        return Product(x, meanX, y, meanY) / Math.Sqrt(Product(x, meanX, x, meanX) * Product(y, meanY, y, meanY));
    }
}

/// <summary>How well a reward model predicts held-out answers of raters.</summary>
/// <param name="Accuracy">The expected share of answers that it predicts, over the pairs shown.</param>
/// <param name="BayesAccuracy">That of the true reward: nobody can predict more of answers so noisy.</param>
/// <param name="CalibrationError">Of its confidence, as the trainer's own validation measured it on the answers given.</param>
internal sealed record RewardFigures(double Accuracy, double BayesAccuracy, double CalibrationError)
{
    public double ShareOfBayes => Accuracy / BayesAccuracy;
}
