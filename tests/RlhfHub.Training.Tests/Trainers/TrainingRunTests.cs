using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using RlhfHub.Training.Models;
using RlhfHub.Training.Runs;
using RlhfHub.Training.Trainers;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Trainers;

public sealed class TrainingRunTests : IDisposable
{
    private readonly RunSample runs = new();

    public static TheoryData<string, string?> KindsAndMethods
    {
        get
        {
            var rows = new TheoryData<string, string?>();
            // PPO learns from prompts and a reward model, and evaluation learns nothing: PpoRunTests and EvaluateTests have them.
            foreach (var kind in TrainerKinds.All.Where(kind => kind.Name is not ("ppo" or "evaluate")))
            {
                rows.Add(kind.Name, null);
                rows.Add(kind.Name, "lora");
            }
            rows.Add("reward", "head");
            rows.Add("classify", "head");
            return rows;
        }
    }

    public void Dispose() => runs.Dispose();

    [Theory]
    [MemberData(nameof(KindsAndMethods))]
    public void Execute_EveryKind_LearnsItsExamplesAndSavesAModel(string kind, string? method)
    {
        var lora = new JsonObject { ["target_modules"] = new JsonArray("all-linear"), ["alpha"] = 32 };
        var run = Make("run", kind, new() { ["peft_method"] = method, ["max_steps"] = 40, ["learning_rate"] = method is null ? 0.01 : 0.05, ["logging_steps"] = 1, ["lora"] = lora });

        Assert.True(TrainingRun.Execute(run, TimeProvider.System));

        var events = EventsOf(run);
        var losses = events.OfType<MetricEvent>().Where(item => item.Metrics.ContainsKey("loss")).Select(item => item.Metrics["loss"]).ToArray();
        Assert.Equal(40, losses.Length);
        // Around a random frozen model, whose embedding is its head, an adapter can turn little.
        Assert.True(losses[^5..].Average() < (method is null ? 0.8 : 0.97) * losses[..5].Average(), $"from {losses[0]} to {losses[^1]}");
        Assert.Contains(events.OfType<MetricEvent>(), item => item.Metrics.ContainsKey("eval_loss"));
        Assert.Equal(RunState.Completed, Assert.IsType<StateEvent>(events[^1]).State);
        Assert.Equal(Enumerable.Range(1, events.Count).Select(seq => (long)seq), events.Select(item => item.Seq));
        Assert.True(File.Exists(Path.Combine(run, "output", method is null ? "model.safetensors" : "adapter_model.safetensors")));
        if (kind is not ("reward" or "classify")) Assert.Equal(2, events.OfType<SampleEvent>().Count(item => item.When == SampleTime.After));
    }

    [Theory]
    [MemberData(nameof(KindsAndMethods))]
    public void Execute_StoppedAndResumed_EndsWithTheSameBytes(string kind, string? method)
    {
        JsonObject options = new() { ["peft_method"] = method, ["max_steps"] = 12, ["learning_rate"] = 0.01, ["logging_steps"] = 3, ["lora"] = new JsonObject { ["dropout"] = 0.2 } };
        var whole = Make("whole", kind, (JsonObject)options.DeepClone());
        var cut = Make("cut", kind, options);
        TrainingRun.Execute(whole, TimeProvider.System);

        var isComplete = TrainingRun.Execute(cut, TimeProvider.System, (step, _) =>
        {
            if (step == 5) Want(cut, RunWant.Stop);
        });
        Assert.False(isComplete);
        Want(cut, RunWant.Run);
        Assert.True(TrainingRun.Execute(cut, TimeProvider.System));

        Assert.Equal(Hash(whole), Hash(cut));
        Assert.Contains(EventsOf(cut).OfType<StateEvent>(), item => item is { State: RunState.Resumed, FromStep: 5 });
        var metrics = EventsOf(whole).OfType<MetricEvent>().Select(item => (item.Step, JsonSerializer.Serialize(item.Metrics))).Distinct();
        Assert.Equal(File.ReadAllText(Path.Combine(whole, "output", "metrics.json")), File.ReadAllText(Path.Combine(cut, "output", "metrics.json")));
        Assert.Equal(metrics, EventsOf(cut).OfType<MetricEvent>().Select(item => (item.Step, JsonSerializer.Serialize(item.Metrics))).Distinct());
    }

    [Fact]
    public void Execute_PaddingThatIsTheEnd_StillLearnsToStop()
    {
        // The qwen2-style tokenizer pads with its end-of-text token.
        var run = Make("stop", "sft", new() { ["max_steps"] = 120, ["learning_rate"] = 0.01, ["sample_tokens"] = 40 });

        TrainingRun.Execute(run, TimeProvider.System);

        var samples = EventsOf(run).OfType<SampleEvent>().Where(item => item.When == SampleTime.After).ToArray();
        // Forty tokens that never end would be longer by far.
        Assert.NotEmpty(samples);
        Assert.All(samples, sample => Assert.InRange(sample.Text.Length, 1, 30));
    }

    [Theory]
    [MemberData(nameof(KindsAndMethods))]
    public void Execute_HalfPrecision_LearnsAsFloat32Does(string kind, string? method)
    {
        double[] Losses(string dtype)
        {
            var lora = new JsonObject { ["target_modules"] = new JsonArray("all-linear"), ["alpha"] = 32 };
            JsonObject options = new() { ["peft_method"] = method, ["max_steps"] = 15, ["learning_rate"] = method is null ? 0.002 : 0.005, ["logging_steps"] = 1, ["lora"] = lora, ["sample_count"] = 0, ["per_device_train_batch_size"] = 20 };
            var run = runs.Make(dtype, kind, options, dtype: dtype);
            TrainingRun.Execute(run, TimeProvider.System);
            return [.. EventsOf(run).OfType<MetricEvent>().Where(item => item.Metrics.ContainsKey("loss")).Select(item => item.Metrics["loss"])];
        }

        var (exact, rounded) = (Losses("float32"), Losses("bfloat16"));

        // Products round to 8 bits; weights, moments and sums do not.
        var learned = exact[0] - exact.Min();
        Assert.True(learned > 0.02 * exact[0], $"Nothing to compare: {exact[0]} came to {exact.Min()} only.");
        Assert.All(exact.Zip(rounded), pair => Assert.Equal(pair.First, pair.Second, 0.05 * learned));
    }

    [Fact]
    public void Execute_KeepTheBest_EndsWithTheBestValidation()
    {
        var run = Make("best", "sft", new() { ["max_steps"] = 60, ["learning_rate"] = 0.05, ["eval_steps"] = 5, ["load_best_model_at_end"] = true, ["early_stopping_patience"] = 2 });

        Assert.True(TrainingRun.Execute(run, TimeProvider.System));

        var validations = EventsOf(run).OfType<MetricEvent>().Where(item => item.Step > 0 && item.Metrics.ContainsKey("eval_loss")).ToArray();
        Assert.True(validations.Length < 12, "Training was to end early.");
        var best = validations.MinBy(item => item.Metrics["eval_loss"])!;
        Assert.True(validations[^1].Metrics["eval_loss"] > best.Metrics["eval_loss"]);
        var results = RunSample.ResultsOf(run);
        Assert.Equal(best.Metrics["eval_loss"], results["eval_loss"], 1e-6);
        Assert.Equal(best.Step, results["best_step"]);
    }

    [Fact]
    public void Execute_WeightsThatAreNoNumbers_EndsWithASentence()
    {
        using (var model = ModelFolder.LoadCausal(runs.BaseModel))
        {
            using (var noGrad = no_grad()) model.parameters().First().fill_(float.NaN);
            foreach (var file in Directory.GetFiles(runs.BaseModel, "model*")) File.Delete(file);
            ModelFolder.Save(model, runs.BaseModel);
        }
        var run = Make("nan", "sft", new() { ["max_steps"] = 20, ["sample_count"] = 0 });

        var error = Assert.Throws<TrainingDivergedException>(() => TrainingRun.Execute(run, TimeProvider.System));

        Assert.StartsWith("The gradient was no number in 5 steps in a row, up to step 5;", error.Message, StringComparison.Ordinal);
        Assert.Equal(RunState.Failed, Assert.IsType<StateEvent>(EventsOf(run)[^1]).State);
    }

    [Theory]
    [InlineData("learning_rate", "\"fast\"", "options.learning_rate")]
    [InlineData("learning_rat", "0.1", "options.learning_rat")]
    [InlineData("max_steps", "-5", "options.max_steps")]
    [InlineData("peft_method", "\"magic\"", "'peft_method' is 'magic'; expected lora or head")]
    public void Execute_BadOption_IsRefusedBeforeAnythingIsLoaded(string key, string value, string message)
    {
        var run = Make("bad", "sft", new() { [key] = JsonNode.Parse(value) });
        Directory.Delete(runs.BaseModel, recursive: true);

        var error = Assert.Throws<InvalidInputException>(() => TrainingRun.Execute(run, TimeProvider.System));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(run, "events.jsonl")));
    }

    [Fact]
    public void Execute_ChangedData_IsRefused()
    {
        var run = Make("changed", "sft", []);
        File.AppendAllText(Path.Combine(run, "data", "train.jsonl"), "\n");

        var error = Assert.Throws<InvalidInputException>(() => TrainingRun.Execute(run, TimeProvider.System));

        Assert.Contains("train.jsonl", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Execute_ValidationPromptInTraining_IsRefusedAndLogged()
    {
        var run = Make("leak", "reward", [], validation: """{"prompt": "What is 1?", "chosen": "It is 1.", "rejected": "No."}""");

        var error = Assert.Throws<InvalidInputException>(() => TrainingRun.Execute(run, TimeProvider.System));

        Assert.Contains("expected no prompt in both", error.Message, StringComparison.Ordinal);
        Assert.Equal(RunState.Failed, Assert.IsType<StateEvent>(EventsOf(run)[^1]).State);
    }

    private string Make(string name, string kind, JsonObject options, string? validation = null) => runs.Make(name, kind, options, validation: validation);

    private static void Want(string run, RunWant want) => RunControl.SetWant(RunFolder.Open(run), want);

    private static IReadOnlyList<RunEvent> EventsOf(string run) => RunSample.EventsOf(run);

    private static string Hash(string run) =>
        string.Join(' ', Directory.EnumerateFiles(Path.Combine(run, "output"), "*.safetensors").Order().Select(file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))));
}
