using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using RlhfHub.Training.Models;
using RlhfHub.Training.Runs;

namespace RlhfHub.Worker.Tests.Kills;

/// <summary>Runs that are made to be killed: a second or two long, in which saves, validations and samples are close together.</summary>
internal sealed class KillRuns : IDisposable
{
    private const int SaveSteps = 5;

    private readonly TemporaryFolder folder = new();
    private readonly string baseModel;
    private readonly string rewardModel;

    public KillRuns(string baseModel)
    {
        this.baseModel = baseModel;
        rewardModel = folder["reward-model"];
        using var reward = ModelFolder.StartClassifier(baseModel, ["reward"], padId: 0, seed: 5);
        ModelFolder.Save(reward, rewardModel, companionsFrom: baseModel);
    }

    /// <summary>What can be killed, and where each is to be hit at least once.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<KillAim>> Kinds { get; } = new Dictionary<string, IReadOnlyList<KillAim>>
    {
        ["sft"] = [KillAim.Save, KillAim.Validation, KillAim.Samples],
        ["reward"] = [KillAim.Save, KillAim.Validation],
        ["ppo"] = [KillAim.Save, KillAim.Rollout, KillAim.Samples],
    };

    /// <summary>A new run folder of a kind; all of a kind end with the same weights.</summary>
    public string Make(string name, string kind, int saveSteps = SaveSteps)
    {
        var run = RunFolder.Create(folder[name]);
        IEnumerable<string> Rows(int first, int count) => Enumerable.Range(first, count).Select(i => Row(kind, i));
        var train = kind == "ppo" ? "prompts" : "train";
        File.WriteAllLines(Path.Combine(run.DataFolder, $"{train}.jsonl"), Rows(0, 20));
        File.WriteAllLines(Path.Combine(run.DataFolder, "validation.jsonl"), Rows(30, 40));
        new RunSpec
        {
            Kind = kind,
            BaseModel = baseModel,
            Options = Options(kind, saveSteps),
            Device = "cpu",
            Data = [RunDataFile.Describe(run, $"{train}.jsonl", train), RunDataFile.Describe(run, "validation.jsonl", "validation")],
        }.Write(run);
        return run.Path;
    }

    /// <summary>A copy of a run that came to its end, without its result: as if it had been killed just before.</summary>
    public string Copy(string run, string name)
    {
        CopyTo(run, folder[name]);
        return folder[name];
    }

    /// <inheritdoc cref="Copy"/>
    public static void CopyTo(string run, string copy)
    {
        foreach (var file in Directory.GetFiles(run, "*", SearchOption.AllDirectories))
        {
            var path = Path.GetRelativePath(run, file);
            if (path.StartsWith("output", StringComparison.Ordinal)) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(copy, path))!);
            File.Copy(file, Path.Combine(copy, path));
        }
    }

    /// <summary>The worker on a run, as the hub starts it.</summary>
    public static Process Start(string run) =>
        Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "rlhfhub-worker"), ["train", "--run", run, "--json"]) { RedirectStandardOutput = true })!;

    /// <summary>Lets the worker come to the run's end.</summary>
    public static void Finish(string run)
    {
        using var worker = Start(run);
        worker.WaitForExit();
        if (worker.ExitCode != 0) throw new InvalidOperationException($"{run}: the worker ended with exit code {worker.ExitCode}.");
    }

    /// <summary>SHA-256 of all weights that a run ended with.</summary>
    public static string Hash(string run)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.GetFiles(Path.Combine(run, "output"), "*.safetensors").Order(StringComparer.Ordinal)) hash.AppendData(File.ReadAllBytes(file));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>What is wrong with a run's events: a gap, or a step that was told differently the second time. Null when nothing is.</summary>
    public static string? FindFault(string run)
    {
        var events = new EventTail(RunFolder.Open(run)).ReadNew(100_000);
        if (!events.Select(item => item.Seq).SequenceEqual(Enumerable.Range(1, events.Count).Select(seq => (long)seq))) return "the events have a gap";
        foreach (var step in events.OfType<MetricEvent>().GroupBy(item => (item.Step, IsValidation: item.Metrics.ContainsKey("eval_loss"))))
        {
            // The speed is the only figure that may differ.
            var tellings = step.Select(item => string.Join(' ', item.Metrics.Where(metric => metric.Key is not "eps" && !metric.Key.StartsWith("time/", StringComparison.Ordinal)).OrderBy(metric => metric.Key).Select(metric => $"{metric.Key}={metric.Value:R}")));
            if (tellings.Distinct().Count() > 1) return $"step {step.Key.Step} has two sets of metrics";
        }
        return null;
    }

    public void Dispose() => folder.Dispose();

    private JsonObject Options(string kind, int saveSteps)
    {
        var options = new JsonObject { ["learning_rate"] = 0.01, ["save_steps"] = saveSteps, ["logging_steps"] = 1, ["sample_count"] = 8, ["sample_tokens"] = 24 };
        if (kind == "ppo")
        {
            // Long replies and one pass over them: nearly all of a step is rollout.
            foreach (var (name, value) in new JsonObject { ["max_steps"] = 20, ["reward_model_path"] = rewardModel, ["response_length"] = 48, ["temperature"] = 1.0, ["num_ppo_epochs"] = 1, ["num_sample_generations"] = 3 })
                options[name] = value!.DeepClone();
            return options;
        }
        (options["max_steps"], options["eval_steps"]) = (60, 2 * SaveSteps);
        if (kind == "reward") (options["peft_method"], options["lora"]) = ("lora", new JsonObject { ["dropout"] = 0.1 });
        return options;
    }

    private static string Row(string kind, int i) => kind switch
    {
        "sft" => $$"""{"prompt": "What is {{i}}?", "completion": " It is {{i}}."}""",
        "ppo" => $$"""{"prompt": "What is {{i}}?"}""",
        _ => $$"""{"prompt": "What is {{i}}?", "chosen": " It is {{i}}.", "rejected": " No."}""",
    };
}
