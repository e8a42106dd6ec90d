using System.Text.Json.Nodes;
using RlhfHub.Training.Models;
using RlhfHub.Training.Runs;
using RlhfHub.Training.Trainers;

namespace RlhfHub.Training.Tests.Trainers;

public sealed class EvaluateTests : IDisposable
{
    private readonly RunSample runs = new();

    public void Dispose() => runs.Dispose();

    [Theory]
    [InlineData("pretrain")]
    [InlineData("sft")]
    public void Execute_LanguageModel_PerplexityIsThatOfTheTraining(string kind)
    {
        var trained = runs.Make("trained", kind, new() { ["max_steps"] = 5, ["learning_rate"] = 0.01 });
        TrainingRun.Execute(trained, TimeProvider.System);
        var run = runs.Make("run", "evaluate", [], train: "", validation: RunSample.Lines(30, 4, i => RunSample.Row(kind, i)), baseModel: "../trained/output");

        Assert.True(TrainingRun.Execute(run, TimeProvider.System));

        var (expected, actual) = (RunSample.ResultsOf(trained), RunSample.ResultsOf(run));
        Assert.Equal(expected["eval_loss"], actual["eval_loss"], 1e-5);
        Assert.Equal(Math.Exp(actual["eval_loss"]), actual["eval_perplexity"], 1e-9);
        Assert.Equal(expected["eval_mean_token_accuracy"], actual["eval_mean_token_accuracy"], 1e-9);
        Assert.Equal(actual, RunSample.EventsOf(run).OfType<MetricEvent>().Single().Metrics);
        Assert.Equal(["README.md", "metrics.json"], Directory.EnumerateFileSystemEntries(Path.Combine(run, "output")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("lora")]
    public void Execute_RewardModel_AccuracyWithWilsonIntervalAndCalibration(string? method)
    {
        var trained = runs.Make("trained", "reward", new() { ["max_steps"] = 40, ["learning_rate"] = 0.01, ["peft_method"] = method });
        TrainingRun.Execute(trained, TimeProvider.System);
        var data = RunSample.Lines(30, 4, i => RunSample.Row("reward", i));
        var run = method is null
            ? runs.Make("run", "evaluate", [], train: "", validation: data, baseModel: "../trained/output")
            : runs.Make("run", "evaluate", [], train: "", validation: data, adapter: "../trained/output");

        Assert.True(TrainingRun.Execute(run, TimeProvider.System));

        var (expected, actual) = (RunSample.ResultsOf(trained), RunSample.ResultsOf(run));
        Assert.Equal(expected["eval_margin"], actual["eval_margin"], 1e-4);
        Assert.Equal(expected["eval_calibration_error"], actual["eval_calibration_error"], 1e-5);
        Assert.Equal(1, actual["eval_accuracy"]);
        // Wilson for 4 of 4: n / (n + z²).
        Assert.Equal(4 / (4 + 1.959964 * 1.959964), actual["eval_accuracy_low"], 1e-6);
        Assert.Equal(1, actual["eval_accuracy_high"]);
    }

    [Fact]
    public void Execute_Classifier_FiguresAreThoseOfTheTraining()
    {
        var trained = runs.Make("trained", "classify", new() { ["max_steps"] = 5 });
        TrainingRun.Execute(trained, TimeProvider.System);
        var run = runs.Make("run", "evaluate", [], train: "", validation: RunSample.Lines(30, 4, i => RunSample.Row("classify", i)), baseModel: "../trained/output");

        Assert.True(TrainingRun.Execute(run, TimeProvider.System));

        var (expected, actual) = (RunSample.ResultsOf(trained), RunSample.ResultsOf(run));
        Assert.All(actual, item => Assert.Equal(expected[item.Key], item.Value, 1e-5));
        Assert.True(actual.ContainsKey("eval_confusion/odd/even"));
    }

    [Fact]
    public void Execute_ModelThatDoesNotFitTheData_IsRefused()
    {
        var run = runs.Make("run", "evaluate", [], train: "", validation: RunSample.Row("reward", 1));

        var error = Assert.Throws<ModelFileException>(() => TrainingRun.Execute(run, TimeProvider.System));

        Assert.Contains("has no head for scores", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A reward model that was taught to want "It is" prefers the model that was taught to say it.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("lora")]
    public void Execute_PromptsAlone_WinRateUnderTheRewardModel(string? method)
    {
        Directory.Delete(runs.BaseModel, recursive: true);
        RunSample.WriteBaseModel(runs.BaseModel, embeddingScale: 25);
        Train("reward", "reward", null);
        Train("taught", "sft", null);
        Train("other", "sft", RunSample.Lines(0, 20, i => $$"""{"prompt": "What is {{i}}?", "completion": " No."}"""));
        var prompts = RunSample.Lines(30, 16, i => $$"""{"prompt": "What is {{i}}?"}""");
        JsonObject options = new() { ["reward_model_path"] = "../reward/output", ["compare_with"] = "../other/output", ["response_length"] = 12 };
        var run = method is null
            ? runs.Make("run", "evaluate", options, train: "", validation: prompts, baseModel: "../taught/output")
            : runs.Make("run", "evaluate", options, train: "", validation: prompts, adapter: "../taught/output");

        Assert.True(TrainingRun.Execute(run, TimeProvider.System));

        var figures = RunSample.ResultsOf(run);
        Assert.Equal(16, figures["eval_prompts"]);
        Assert.InRange(figures["eval_win_rate_low"], 0.5, figures["eval_win_rate"]);
        Assert.True(figures["eval_score"] > figures["eval_compared_score"]);
        Assert.Equal(8, RunSample.EventsOf(run).OfType<SampleEvent>().Count());

        void Train(string name, string kind, string? data)
        {
            JsonObject training = new() { ["max_steps"] = 60, ["learning_rate"] = 0.01, ["peft_method"] = method, ["lora"] = new JsonObject { ["target_modules"] = new JsonArray("all-linear") } };
            TrainingRun.Execute(runs.Make(name, kind, training, data), TimeProvider.System);
        }
    }

    [Fact]
    public void Execute_ReplyAsLongAsTheContext_IsRefused()
    {
        TrainingRun.Execute(runs.Make("reward", "reward", new() { ["max_steps"] = 5 }), TimeProvider.System);
        var run = runs.Make("run", "evaluate", new() { ["reward_model_path"] = "../reward/output", ["compare_with"] = "../base" }, train: "", validation: """{"prompt": "What is 1?"}""");

        Assert.Contains("response_length", Assert.Throws<InvalidInputException>(() => TrainingRun.Execute(run, TimeProvider.System)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Figures_EqualScores_CountHalf()
    {
        var figures = EvaluateReplies.Figures([1, 2, 3, 4], [0, 2, 4, 4]);

        Assert.Equal((0.5, 4), (figures["eval_win_rate"], figures["eval_prompts"]));
    }

    [Fact]
    public void Execute_PromptsAloneWithoutRewardModel_IsRefused()
    {
        var run = runs.Make("run", "evaluate", [], train: "", validation: """{"prompt": "What is 1?"}""");

        var error = Assert.Throws<InvalidInputException>(() => TrainingRun.Execute(run, TimeProvider.System));

        Assert.Contains("'options.reward_model_path' is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Execute_Stopped_BeginsAgain()
    {
        var run = runs.Make("run", "evaluate", new() { ["per_device_eval_batch_size"] = 1 });
        Assert.False(TrainingRun.Execute(run, TimeProvider.System, (_, _) => RunControl.SetWant(RunFolder.Open(run), RunWant.Stop)));
        RunControl.SetWant(RunFolder.Open(run), RunWant.Run);

        Assert.True(TrainingRun.Execute(run, TimeProvider.System));

        Assert.Single(RunSample.EventsOf(run).OfType<MetricEvent>());
        Assert.Equal(RunState.Completed, Assert.IsType<StateEvent>(RunSample.EventsOf(run)[^1]).State);
    }
}
