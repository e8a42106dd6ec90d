using System.Text.Json.Nodes;
using RlhfHub.Training.Models;
using RlhfHub.Training.Runs;
using RlhfHub.Training.Trainers;

namespace RlhfHub.Training.Tests.Trainers;

public sealed class ClassifyTests : IDisposable
{
    private readonly RunSample runs = new();

    public void Dispose() => runs.Dispose();

    [Fact]
    public void Execute_LabelledTexts_SavesAClassifierWithItsLabelsAndFigures()
    {
        var run = runs.Make("run", "classify", new() { ["max_steps"] = 40, ["learning_rate"] = 0.01 });

        Assert.True(TrainingRun.Execute(run, TimeProvider.System));

        var config = ModelConfig.Load(Path.Combine(run, "output"));
        Assert.Equal("LlamaForSequenceClassification", config.Architecture);
        Assert.Equal(["even", "odd"], config.Labels);
        var results = RunSample.ResultsOf(run);
        Assert.Equal(1, results["eval_accuracy"]);
        Assert.Equal(1, results["eval_f1"]);
        Assert.Equal(1, results["eval_recall/odd"]);
        Assert.Equal(2, results["eval_confusion/even/even"]);
        Assert.Equal(0, results["eval_confusion/even/odd"]);
        Assert.Equal(results["eval_f1"], RunSample.EventsOf(run).OfType<MetricEvent>().Last(item => item.Metrics.ContainsKey("eval_f1")).Metrics["eval_f1"]);
    }

    [Fact]
    public void Execute_UnevenBatches_FiguresAreThoseOfAllPredictionsTogether()
    {
        // Untrained and in batches of 3 and 1: macro F1 is no mean over batches.
        JsonObject Options(int batch) => new() { ["max_steps"] = 1, ["learning_rate"] = 1e-9, ["per_device_eval_batch_size"] = batch };
        var validation = RunSample.Lines(30, 7, i => RunSample.Row("classify", i));
        var three = runs.Make("three", "classify", Options(3), validation: validation);
        var all = runs.Make("all", "classify", Options(64), validation: validation);

        TrainingRun.Execute(three, TimeProvider.System);
        TrainingRun.Execute(all, TimeProvider.System);

        var (one, other) = (RunSample.ResultsOf(three), RunSample.ResultsOf(all));
        foreach (var name in one.Keys.Where(name => name.StartsWith("eval_", StringComparison.Ordinal))) Assert.Equal(other[name], one[name], 1e-5);
        Assert.Equal(7, one.Where(item => item.Key.StartsWith("eval_confusion/", StringComparison.Ordinal)).Sum(item => item.Value));
    }

    [Theory]
    [InlineData("""["one"]""")]
    [InlineData("""["one", "one"]""")]
    [InlineData("""["one", " "]""")]
    public void Execute_BadLabels_AreRefused(string labels)
    {
        var run = runs.Make("bad", "classify", new() { ["labels"] = JsonNode.Parse(labels) });

        var error = Assert.Throws<InvalidInputException>(() => TrainingRun.Execute(run, TimeProvider.System));

        Assert.Contains("at least two names that differ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Execute_ClassifierWithOtherLabels_IsRefused()
    {
        var first = runs.Make("first", "classify", new() { ["max_steps"] = 1 });
        TrainingRun.Execute(first, TimeProvider.System);
        var second = runs.Make("second", "classify", new() { ["labels"] = new JsonArray("odd", "even") }, baseModel: "../first/output");

        var error = Assert.Throws<InvalidInputException>(() => TrainingRun.Execute(second, TimeProvider.System));

        Assert.Contains("in the same order", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Execute_TextInBothFiles_IsRefused()
    {
        var run = runs.Make("leak", "classify", [], validation: RunSample.Row("classify", 3));

        var error = Assert.Throws<InvalidInputException>(() => TrainingRun.Execute(run, TimeProvider.System));

        Assert.Contains("expected no prompt in both", error.Message, StringComparison.Ordinal);
    }
}
