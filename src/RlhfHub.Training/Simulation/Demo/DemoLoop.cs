using System.Globalization;
using System.Text.Json.Nodes;
using RlhfHub.Training.Models;
using RlhfHub.Training.Runs;
using RlhfHub.Training.Simulation.Grammar;
using RlhfHub.Training.Tokenization.Templates;
using RlhfHub.Training.Trainers;

namespace RlhfHub.Training.Simulation.Demo;

/// <summary>
/// The whole loop without a browser: simulated raters demonstrate, a model is taught by that (SFT); they compare its replies, a reward model learns from that;
/// the taught model practises against it (PPO); fresh raters compare both blind. The trainers see what raters said, never what they value.
/// Each stage is a run folder; the same command goes on where it was killed.
/// </summary>
/// <param name="options">How large it is.</param>
/// <param name="modelFolder">The model to start from; it must speak the small world's language.</param>
/// <param name="folder">Where everything goes.</param>
/// <param name="time">The clock.</param>
public sealed class DemoLoop(DemoOptions options, string modelFolder, string folder, TimeProvider time)
{
    /// <summary>Two replies to compare should differ more than replies to be read.</summary>
    private const double CandidateTemperature = 1;

    /// <summary>Told in a sentence what is done, and what came of it.</summary>
    public Action<string>? Say { get; init; }

    /// <summary>Asked at the start of each training for what is to be told each of its steps and their number.</summary>
    public Func<Action<long, long>?>? StartsTraining { get; init; }

    /// <summary>Where the model taught by demonstrations lies.</summary>
    public string TaughtModel => Path.Combine(folder, "sft", "output");

    /// <summary>Where the reward model lies.</summary>
    public string RewardModel => Path.Combine(folder, "reward", "output");

    /// <summary>Where the model that practised lies.</summary>
    public string PractisedModel => Path.Combine(folder, "ppo", "output");

    /// <summary>Does all of it.</summary>
    /// <returns>What came of it; null when a run was stopped.</returns>
    public DemoReport? Run()
    {
        // One series of different prompts, cut into parts: no prompt is in two of them.
        var (demonstrated, compared) = (options.Demonstrations, options.Comparisons + options.HeldOutComparisons);
        var prompts = Corpus.TrainingPrompts(Seed("prompts"), demonstrated + compared + options.PracticePrompts).ToArray();
        if (prompts.Length < demonstrated + compared + options.PracticePrompts)
            throw new InvalidInputException($"The small world has only {prompts.Length} different prompts; expected fewer demonstrations, comparisons and practice prompts than {demonstrated + compared + options.PracticePrompts} together.");
        var raters = RaterPanel.Create(Seed("raters"), options.Raters, new RaterTraits { Demonstrations = ReplyStyleShares.Hurried });
        // What is wrong with the model is said before anything is made.
        ModelConfig.Load(modelFolder);
        if (ChatTemplate.Load(modelFolder) is null) throw new InvalidInputException($"{modelFolder} has no chat template; expected a model that answers conversations, such as the starter model.");
        ClaimFolder();

        Say?.Invoke($"1 of 5  {options.Raters} raters write {demonstrated} replies; supervised fine-tuning learns from them.");
        if (!Train("sft", modelFolder, SftOptions(), run => DemoData.WriteDemonstrations(run("train"), prompts[..demonstrated], raters))) return null;

        Say?.Invoke($"2 of 5  The model answers {compared} prompts twice; raters say which reply is better.");
        if (!Train("reward", TaughtModel, RewardOptions(), run => WriteComparisons(run, prompts[demonstrated..(demonstrated + compared)], raters))) return null;
        var accuracy = RewardAccuracy();
        Say?.Invoke($"3 of 5  The reward model agrees with the raters on {Percent(accuracy)} of {accuracy.Count} comparisons that it has not seen.");

        Say?.Invoke($"4 of 5  The model practises against the reward model: {options.PpoSteps} steps of {options.PpoBatch} replies.");
        if (!Train("ppo", TaughtModel, PpoOptions(), run => DemoData.WritePrompts(run("prompts"), prompts[(demonstrated + compared)..]))) return null;

        Say?.Invoke($"5 of 5  {options.Raters} fresh raters compare {options.BlindPrompts} replies of both, without knowing which is which, on prompts worded as none before.");
        var fresh = Corpus.HeldOutPrompts(Seed("blind"), Math.Max(options.BlindPrompts, options.CensusPrompts)).ToArray();
        string[] Replies(string model) => ModelReplies.Of(model, fresh, options.Temperature, Seed("replies"));
        var (taught, practised) = (Replies(TaughtModel), Replies(PractisedModel));
        return new DemoReport(
            ReplyCensus.Of(fresh, Replies(modelFolder)), ReplyCensus.Of(fresh, taught), ReplyCensus.Of(fresh, practised),
            accuracy, Metric("ppo", "objective/kl"), Compare(fresh[..Math.Min(options.BlindPrompts, fresh.Length)], practised, taught));
    }

    /// <summary>What lies in the folder belongs to one demonstration: going on with other options would mix two.</summary>
    private void ClaimFolder()
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "demo.json");
        var mine = RunJson.ToBytes(new { options, model = Path.GetFullPath(modelFolder) });
        if (File.Exists(file))
        {
            if (!File.ReadAllBytes(file).AsSpan().SequenceEqual(mine)) throw new InvalidInputException($"{folder} holds another demonstration, with other options; expected a new or empty folder.");
        }
        else if (Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new InvalidInputException($"{folder} is already in use; expected a new or empty folder.");
        }
        else
        {
            File.WriteAllBytes(file, mine);
        }
    }

    private static string Percent(WinRate rate) => string.Create(CultureInfo.InvariantCulture, $"{100 * rate.Rate:0.0} % ({100 * rate.Low:0.0} to {100 * rate.High:0.0} %)");

    private long Seed(string purpose) => StableHash.Of(options.Seed, [purpose]);

    private JsonObject SftOptions() => new()
    {
        ["learning_rate"] = 5e-4,
        ["num_train_epochs"] = 2,
        ["per_device_train_batch_size"] = 16,
        ["lr_scheduler_type"] = "cosine",
        ["warmup_ratio"] = 0.1,
        ["gradient_checkpointing"] = false,
        ["sample_count"] = 0,
    };

    private JsonObject RewardOptions() => new()
    {
        ["learning_rate"] = 5e-4,
        ["num_train_epochs"] = 1,
        ["per_device_train_batch_size"] = 32,
        ["per_device_eval_batch_size"] = 64,
        ["lr_scheduler_type"] = "cosine",
        ["warmup_ratio"] = 0.1,
        ["weight_decay"] = 0.01,
        ["eval_steps"] = 40,
        ["save_steps"] = 1_000_000,
        ["load_best_model_at_end"] = true,
        ["center_rewards_coefficient"] = 0.01,
        ["gradient_checkpointing"] = false,
    };

    private JsonObject PpoOptions() => new()
    {
        ["reward_model_path"] = "../reward/output",
        ["max_steps"] = options.PpoSteps,
        ["learning_rate"] = 1e-4,
        ["lr_scheduler_type"] = "cosine",
        ["warmup_ratio"] = 0.05,
        ["per_device_train_batch_size"] = options.PpoBatch,
        ["per_device_eval_batch_size"] = options.PpoBatch,
        ["num_ppo_epochs"] = 2,
        ["num_mini_batches"] = 1,
        ["response_length"] = ModelReplies.MaxTokens,
        ["temperature"] = options.Temperature,
        ["stop_token"] = "eos",
        ["missing_eos_penalty"] = 1,
        ["kl_coef"] = options.KlCoefficient,
        ["gradient_checkpointing"] = false,
        ["save_steps"] = 25,
        ["sample_count"] = 4,
    };

    private void WriteComparisons(Func<string, string> file, SimulatedPrompt[] prompts, IReadOnlyList<SimulatedRater> raters)
    {
        var ones = ModelReplies.Of(TaughtModel, prompts, CandidateTemperature, Seed("ones"));
        var others = ModelReplies.Of(TaughtModel, prompts, CandidateTemperature, Seed("others"));
        var pairs = 0;
        foreach (var (role, range) in new[] { ("train", 0..options.Comparisons), ("validation", options.Comparisons..prompts.Length) })
            pairs += DemoData.WriteComparisons(file(role), prompts[range], ones[range], others[range], raters, Seed($"compare {role}"), options.ShufflesLabels);
        Say?.Invoke($"        {pairs} of {prompts.Length} comparisons have a winner; the others are equal, tied or both bad.");
    }

    /// <summary>Makes a run folder where there is none yet, and trains until it is done.</summary>
    private bool Train(string kind, string baseModel, JsonObject trainerOptions, Action<Func<string, string>> writeData)
    {
        var path = Path.Combine(folder, kind);
        if (!File.Exists(Path.Combine(path, "run.json")))
        {
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
            var run = RunFolder.Create(path);
            writeData(role => Path.Combine(run.DataFolder, $"{role}.jsonl"));
            new RunSpec
            {
                Kind = kind,
                BaseModel = Path.GetFullPath(baseModel),
                Seed = options.Seed,
                Device = "cpu",
                DType = "float32",
                Options = trainerOptions,
                Data = [.. Directory.GetFiles(run.DataFolder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal).Select(file => RunDataFile.Describe(run, file, Path.GetFileNameWithoutExtension(file)))],
            }.Write(run);
        }
        return RunOutput.FindMetrics(Path.Combine(path, "output")) is not null || TrainingRun.Execute(path, time, StartsTraining?.Invoke());
    }

    private WinRate RewardAccuracy()
    {
        var pairs = (int)RunSpec.Read(RunFolder.Open(Path.Combine(folder, "reward"))).Data.Single(file => file.Role == "validation").Rows;
        var right = (int)Math.Round(Metric("reward", "eval_accuracy") * pairs);
        return WinRate.OfJudgments(right, 0, pairs - right);
    }

    private double Metric(string run, string name) => RunOutput.FindMetrics(Path.Combine(folder, run, "output"))![name];

    /// <summary>Fresh raters judge both replies to each prompt, in an order of chance.</summary>
    private WinRate Compare(SimulatedPrompt[] prompts, string[] practised, string[] taught)
    {
        var fresh = RaterPanel.Create(Seed("fresh raters"), options.Raters);
        var judgments = prompts.Select((prompt, i) => (IReadOnlyList<double>)[.. Enumerable.Range(0, options.JudgmentsPerPrompt).Select(turn =>
        {
            var dice = Dice.For(Seed("order"), (long)i * options.JudgmentsPerPrompt + turn);
            var isFirst = dice.Chance(0.5);
            var (first, second) = isFirst ? (practised[i], taught[i]) : (taught[i], practised[i]);
            return fresh[(i + turn) % fresh.Count].Compare(prompt, first, second).Choice switch
            {
                ComparisonChoice.First => isFirst ? 1.0 : 0,
                ComparisonChoice.Second => isFirst ? 0 : 1.0,
                _ => 0.5,
            };
        })]).ToArray();
        return WinRate.OfPrompts(judgments, Seed("bootstrap"));
    }
}
