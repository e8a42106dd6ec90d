using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using RlhfHub.Training.Data.Tokens;
using RlhfHub.Training.Models;
using RlhfHub.Training.Models.Layers;
using RlhfHub.Training.Peft;
using RlhfHub.Training.Runs;
using RlhfHub.Training.Trainers;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Trainers;

public sealed class PpoRunTests : IDisposable
{
    private static readonly string[] TrlMetrics =
    [
        "eps", "objective/kl", "objective/entropy", "objective/non_score_reward", "objective/rlhf_reward", "objective/scores", "policy/approxkl_avg", "policy/clipfrac_avg",
        "policy/entropy_avg", "loss/policy_avg", "loss/value_avg", "val/clipfrac_avg", "val/ratio", "val/ratio_var", "val/num_eos_tokens", "lr", "episode",
    ];

    private static readonly string[] Times = ["time/generation", "time/scoring", "time/learning"];

    private readonly TemporaryFolder folder = new();

    public PpoRunTests()
    {
        RunSample.WriteBaseModel(folder["base"], embeddingScale: 15);
        using var reward = ModelFolder.StartClassifier(folder["base"], ["reward"], 0, seed: 5);
        ModelFolder.Save(reward, folder["reward"], companionsFrom: folder["base"]);
        using var adapter = PeftMethods.Find("lora")!.Attach(reward, new LoraOptions());
        adapter.Save(folder["reward-adapter"], folder["base"]);
    }

    public static TheoryData<string?> Methods => [null, "lora"];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Methods))]
    public void Execute_RewardThatCanBeLearned_RaisesTheScoreAndReportsTrlsMetrics(string? method)
    {
        var run = Make("run", method, new() { ["max_steps"] = 25, ["per_device_train_batch_size"] = 64, ["response_length"] = 3, ["lr_scheduler_type"] = "constant" });

        Assert.True(TrainingRun.Execute(run, TimeProvider.System));

        var events = EventsOf(run);
        var metrics = events.OfType<MetricEvent>().Select(item => item.Metrics).ToArray();
        Assert.Equal(25, metrics.Length);
        Assert.All(metrics, item => Assert.Superset(TrlMetrics.ToHashSet(), item.Keys.ToHashSet()));
        Assert.All(metrics, item => Assert.All(item.Values, value => Assert.True(double.IsFinite(value))));
        var scores = metrics.Select(item => item["objective/scores"]).ToArray();
        Assert.True(scores[^5..].Average() > scores[..5].Average() + 0.5, $"from {scores[..5].Average()} to {scores[^5..].Average()}");
        Assert.Equal(0, metrics[0]["objective/kl"], 1e-5);
        Assert.Equal(25 * 64, metrics[^1]["episode"]);
        Assert.All(metrics, item => Assert.All(Times, name => Assert.True(item[name] > 0, $"{name} is {item[name]}")));
        Assert.Equal(2, events.OfType<SampleEvent>().Count(item => item is { When: SampleTime.After, Score: not null }));
        Assert.Equal(RunState.Completed, Assert.IsType<StateEvent>(events[^1]).State);
        Assert.True(File.Exists(Path.Combine(run, "output", method is null ? "model.safetensors" : "adapter_model.safetensors")));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Execute_FirstMiniBatch_HasRatioOne(string? method)
    {
        var run = Make("run", method, new() { ["max_steps"] = 6, ["num_mini_batches"] = 2, ["per_device_train_batch_size"] = 4, ["gradient_accumulation_steps"] = 2 });

        TrainingRun.Execute(run, TimeProvider.System);

        Assert.All(EventsOf(run).OfType<MetricEvent>(), item =>
        {
            Assert.InRange(item.Metrics["ppo/first_ratio_error"], 0, 1e-6);
            Assert.Equal(0, item.Metrics["ppo/first_clipfrac"]);
        });
    }

    [Theory]
    [InlineData(null, "../reward")]
    [InlineData("lora", "../reward")]
    [InlineData(null, "../reward-adapter")]
    [InlineData("lora", "../reward-adapter")]
    public void Execute_StoppedAndResumed_EndsWithTheSameBytes(string? method, string reward)
    {
        JsonObject options = new() { ["reward_model_path"] = reward, ["max_steps"] = 7, ["kl_target"] = 2.0, ["kl_horizon"] = 100, ["whiten_rewards"] = true, ["missing_eos_penalty"] = 1.0, ["normalize_scores"] = true };
        var whole = Make("whole", method, (JsonObject)options.DeepClone());
        var cut = Make("cut", method, options);
        TrainingRun.Execute(whole, TimeProvider.System);

        var isComplete = TrainingRun.Execute(cut, TimeProvider.System, (step, _) =>
        {
            if (step == 3) RunControl.SetWant(RunFolder.Open(cut), RunWant.Stop);
        });
        Assert.False(isComplete);
        RunControl.SetWant(RunFolder.Open(cut), RunWant.Run);
        Assert.True(TrainingRun.Execute(cut, TimeProvider.System));

        Assert.Equal(Hash(whole), Hash(cut));
        Assert.Equal(Measured(whole), Measured(cut));
    }

    [Fact]
    public void Execute_DifferentMicroBatches_EndAlike()
    {
        string Last(string name, int batch)
        {
            var run = Make(name, null, new() { ["max_steps"] = 2, ["learning_rate"] = 1e-4, ["per_device_train_batch_size"] = batch, ["gradient_accumulation_steps"] = 16 / batch });
            TrainingRun.Execute(run, TimeProvider.System);
            return Path.Combine(run, "output");
        }

        using var scope = NewDisposeScope();
        using var one = ModelFolder.LoadCausal(Last("one", 16));
        using var four = ModelFolder.LoadCausal(Last("four", 4));

        var ids = tensor(new long[,] { { 5, 6, 7, 8 } });
        Assert.True(one.forward(ids).allclose(four.forward(ids), 1e-3, 1e-4));
    }

    [Fact]
    public void Execute_NormalizedScores_BeginWithMeanZeroAndDeviationOne()
    {
        var run = Make("normal", null, new() { ["max_steps"] = 1, ["per_device_train_batch_size"] = 256, ["normalize_scores"] = true, ["normalization_episodes"] = 600 });

        TrainingRun.Execute(run, TimeProvider.System);

        var first = EventsOf(run).OfType<MetricEvent>().Single().Metrics;
        Assert.Equal(0, first["objective/scores"], 0.25);
        Assert.Equal(1, first["ppo/std_scores"], 0.25);
        Assert.Contains(EventsOf(run).OfType<LogEvent>(), item => item.Message.StartsWith("Scores are multiplied by", StringComparison.Ordinal));
    }

    [Fact]
    public void Execute_TensorFlowsEpsilon_TakesSmallerFirstSteps()
    {
        double Change(bool isUncorrected)
        {
            var run = Make($"epsilon-{isUncorrected}", null, new() { ["max_steps"] = 1, ["adam_epsilon"] = 1e-3, ["adam_epsilon_uncorrected"] = isUncorrected });
            TrainingRun.Execute(run, TimeProvider.System);
            return EventsOf(run).OfType<MetricEvent>().Single().Metrics["policy/approxkl_avg"];
        }

        Assert.InRange(Change(true), 1e-12, 0.5 * Change(false));
    }

    [Fact]
    public void Run_MemoryThatDoesNotSuffice_GoesOnInSmallerPassesAndEndsAlike()
    {
        JsonObject options = new() { ["max_steps"] = 2, ["learning_rate"] = 1e-4, ["num_mini_batches"] = 2, ["num_ppo_epochs"] = 2 };
        var (enough, little) = (Make("enough", null, (JsonObject)options.DeepClone()), Make("little", null, options));

        Train(enough, _ => { });
        Train(little, model => model.modules().OfType<Linear>().First().Extensions.Add(new SmallMemory()));

        var events = EventsOf(little);
        Assert.Equal(["8 episodes", "4 episodes"], events.OfType<LogEvent>().Select(item => item.Message.Split(" with ")[1].Split(" in a pass")[0]));
        Assert.Equal(4, WorkerInfo.TryRead(RunFolder.Open(little))!.Machine!.MicroBatch);
        Assert.Equal(4, Checkpoint.List(RunFolder.Open(little))[^1].ReadManifest().Machine.MicroBatch);
        foreach (var (one, other) in EventsOf(enough).OfType<MetricEvent>().Zip(events.OfType<MetricEvent>()))
            Assert.All(one.Metrics.Where(metric => !IsSpeed(metric.Key)), metric => Assert.Equal(metric.Value, other.Metrics[metric.Key], 1e-3));

        static void Train(string path, Action<CausalModel> change)
        {
            var folder = RunFolder.Open(path);
            using var session = new RunSession(folder, RunSpec.Read(folder), TimeProvider.System);
            var options = session.Spec.BindOptions<PpoOptions>(folder);
            var parts = new RunInputs(session);
            session.Prepare(parts.Config.Decoder, options.PerDeviceTrainBatchSize);
            using var models = new PpoModels(session, parts, options);
            session.Describe(options.PerDeviceTrainBatchSize);
            change(models.Model);
            using var trainer = new PpoTrainer(session, parts, models, [.. Enumerable.Range(5, 12).Select(id => new TokenPrompt([id, id + 1], null, default))], [], options);
            RunControl.RequestCheckpoint(folder);   // one at the first step, so that there is a manifest
            Assert.True(trainer.Run());
        }
    }

    /// <summary>A layer that runs out of memory with more than eight texts, or four that are learned from. Writing texts takes less, and has another way to do so.</summary>
    private sealed class SmallMemory : ILinearExtension
    {
        public Tensor Extend(Tensor input, Tensor output) =>
            is_inference_mode_enabled() || input.size(0) <= (is_grad_enabled() ? 4 : 8) ? output : throw new ExternalException("CUDA out of memory. Tried to allocate 1 GiB.");
    }

    [Fact]
    public void Execute_RewardAdapterOverTheBase_TrainsAsTheSameRewardModelDoes()
    {
        (string Scores, string Output) Train(string name, string reward)
        {
            var run = Make(name, "lora", new() { ["max_steps"] = 4, ["reward_model_path"] = reward });
            TrainingRun.Execute(run, TimeProvider.System);
            return (string.Join(' ', EventsOf(run).OfType<SampleEvent>().Select(item => item.Score!.Value.ToString("R"))), Hash(run));
        }

        Assert.Equal(Train("whole", "../reward"), Train("adapter", "../reward-adapter"));
    }

    [Fact]
    public void Execute_AdapterThatHasLearned_IsItsOwnReference()
    {
        var first = Make("first", "lora", new() { ["max_steps"] = 8 });
        TrainingRun.Execute(first, TimeProvider.System);

        var second = Make("second", null, new() { ["max_steps"] = 1 }, adapter: "../first/output");
        TrainingRun.Execute(second, TimeProvider.System);

        Assert.Equal(0, EventsOf(second).OfType<MetricEvent>().First().Metrics["objective/kl"], 1e-5);
    }

    [Fact]
    public void Execute_KlBeyondItsLimit_PausesAndGoesOnFromBefore()
    {
        var run = Make("far", null, new() { ["max_steps"] = 200, ["kl_coef"] = 0, ["max_kl"] = 1, ["learning_rate"] = 0.0005, ["save_steps"] = 1 });

        var trouble = Assert.Throws<TrainingPausedException>(() => TrainingRun.Execute(run, TimeProvider.System));

        Assert.Contains("beyond 'max_kl' 1", trouble.Message, StringComparison.Ordinal);
        Assert.Contains($"from before is that of step {trouble.FromStep}.", trouble.Message, StringComparison.Ordinal);
        var events = EventsOf(run);
        Assert.Equal(trouble.Message, events.OfType<ErrorEvent>().Single().Message);
        var paused = Assert.IsType<StateEvent>(events[^1]);
        Assert.Equal((RunState.Paused, trouble.FromStep, trouble.Message), (paused.State, paused.FromStep, paused.Reason));
        // The weights of that step were still near their reference, as were all before.
        var kls = events.OfType<MetricEvent>().ToDictionary(item => item.Step, item => item.Metrics["objective/kl"]);
        Assert.True(trouble.FromStep > 0 && kls[trouble.FromStep + 1] <= 0.5, $"From step {trouble.FromStep}");
        Assert.Equal(trouble.FromStep, Checkpoint.List(RunFolder.Open(run))[^1].Step);

        RunControl.SetOptions(RunFolder.Open(run), new() { ["learning_rate"] = 1e-6, ["kl_coef"] = 0.5, ["max_steps"] = trouble.FromStep + 2 });
        Assert.True(TrainingRun.Execute(run, TimeProvider.System));

        var resumed = EventsOf(run).Skip(events.Count).ToArray();
        Assert.Equal(trouble.FromStep, resumed.OfType<StateEvent>().Single(item => item.State == RunState.Resumed).FromStep);
        Assert.All(resumed.OfType<MetricEvent>(), item => Assert.Equal(0.5, item.Metrics["objective/kl_coef"]));
    }

    [Fact]
    public void Execute_EntropyBelowItsLimit_PausesWithNothingToGoBackTo()
    {
        var run = Make("narrow", null, new() { ["max_steps"] = 10, ["min_entropy"] = 50, ["save_steps"] = 2 });

        var trouble = Assert.Throws<TrainingPausedException>(() => TrainingRun.Execute(run, TimeProvider.System));

        Assert.Contains("below 'min_entropy' 50 for 5 batches", trouble.Message, StringComparison.Ordinal);
        Assert.Equal(0, trouble.FromStep);
        Assert.Empty(Checkpoint.List(RunFolder.Open(run)));
        Assert.Equal(["doubtful-step-2", "doubtful-step-4"], Directory.GetDirectories(RunFolder.Open(run).CheckpointsFolder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Execute_HeldOutModelThatDisagrees_Pauses()
    {
        using (var other = ModelFolder.LoadClassifier(folder["reward"]))
        {
            using (no_grad()) other.Head.weight.neg_();
            ModelFolder.Save(other, folder["opposite"], companionsFrom: folder["base"]);
        }
        var run = Make("gamed", null, new() { ["max_steps"] = 60, ["held_out_reward_model_path"] = "../opposite", ["held_out_window"] = 6, ["save_steps"] = 1, ["lr_scheduler_type"] = "constant" });

        var trouble = Assert.Throws<TrainingPausedException>(() => TrainingRun.Execute(run, TimeProvider.System));

        Assert.Contains("pleases its reward model, not people", trouble.Message, StringComparison.Ordinal);
        var last = EventsOf(run).OfType<MetricEvent>().Last();
        Assert.Equal(-last.Metrics["objective/scores"], last.Metrics["objective/held_out_scores"], 1e-4);
        // The window goes over six batches, and the weights of the step that it began with are kept.
        Assert.Equal(Math.Max(0, last.Step - 6), trouble.FromStep);
    }

    [Theory]
    [InlineData("reward_model_path", "\"\"", "'reward_model_path' is missing")]
    [InlineData("kl_estimator", "\"k2\"", "options.kl_estimator")]
    [InlineData("temperature", "0", "options.temperature")]
    [InlineData("stop_token", "\"period\"", "'stop_token' is 'period'")]
    [InlineData("num_ppo_epoch", "4", "options.num_ppo_epoch")]
    [InlineData("load_best_model_at_end", "true", "'load_best_model_at_end'")]
    public void Execute_BadOption_IsRefusedBeforeAnythingIsLoaded(string key, string value, string message)
    {
        var run = Make("bad", null, new() { [key] = JsonNode.Parse(value) });
        Directory.Delete(folder["base"], recursive: true);

        var error = Assert.Throws<InvalidInputException>(() => TrainingRun.Execute(run, TimeProvider.System));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("response_length", "64", "'options.response_length' is 64")]
    [InlineData("response_length", "62", "expected 2 at most")]
    public void Execute_NoRoomForThePrompt_IsRefused(string key, string value, string message)
    {
        var run = Make("long", null, new() { [key] = JsonNode.Parse(value) });

        var error = Assert.Throws<InvalidInputException>(() => TrainingRun.Execute(run, TimeProvider.System));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private string Make(string name, string? method, JsonObject options, string? adapter = null)
    {
        var run = RunFolder.Create(folder[name]);
        File.WriteAllLines(Path.Combine(run.DataFolder, "prompts.jsonl"), Enumerable.Range(0, 12).Select(i => $$"""{"prompt": "What is {{i}}?"}"""));
        if (method is not null) options["peft_method"] = method;
        options.TryAdd("lora", new JsonObject { ["target_modules"] = new JsonArray("all-linear"), ["alpha"] = 32 });
        options.TryAdd("reward_model_path", "../reward");
        options.TryAdd("learning_rate", method is null ? 0.003 : 0.01);
        options.TryAdd("response_length", 6);
        options.TryAdd("temperature", 1.0);
        options.TryAdd("per_device_train_batch_size", 16);
        options.TryAdd("sample_count", 2);
        new RunSpec
        {
            Kind = "ppo",
            BaseModel = "../base",
            Adapter = adapter,
            Options = options,
            Device = "cpu",
            Data = [RunDataFile.Describe(run, "prompts.jsonl", "prompts")],
        }.Write(run);
        return run.Path;
    }

    /// <summary>All metrics but the speed.</summary>
    private static IEnumerable<(long Step, string Values)> Measured(string run) =>
        EventsOf(run).OfType<MetricEvent>().Select(item => (item.Step, JsonSerializer.Serialize(item.Metrics.Where(metric => !IsSpeed(metric.Key)).OrderBy(metric => metric.Key)))).Distinct();

    private static bool IsSpeed(string metric) => metric == "eps" || Times.Contains(metric);

    private static List<RunEvent> EventsOf(string run)
    {
        var tail = new EventTail(RunFolder.Open(run));
        return [.. tail.ReadNew(100_000)];
    }

    private static string Hash(string run) =>
        string.Join(' ', Directory.EnumerateFiles(Path.Combine(run, "output"), "*.safetensors").Order().Select(file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))));
}
