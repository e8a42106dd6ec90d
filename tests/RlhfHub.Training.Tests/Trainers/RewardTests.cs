using System.Text.Json.Nodes;
using RlhfHub.Training.Runs;
using RlhfHub.Training.Trainers;

namespace RlhfHub.Training.Tests.Trainers;

public sealed class RewardTests : IDisposable
{
    private readonly RunSample runs = new();

    public void Dispose() => runs.Dispose();

    [Fact]
    public void Execute_Pairs_MeasuresCalibrationOverAllOfThem()
    {
        JsonObject Options(int batch) => new() { ["max_steps"] = 3, ["learning_rate"] = 0.001, ["per_device_eval_batch_size"] = batch };
        var one = runs.Make("one", "reward", Options(1));
        var all = runs.Make("all", "reward", Options(8));

        TrainingRun.Execute(one, TimeProvider.System);
        TrainingRun.Execute(all, TimeProvider.System);

        var (first, second) = (RunSample.ResultsOf(one), RunSample.ResultsOf(all));
        Assert.InRange(first["eval_calibration_error"], 1e-6, 1);
        Assert.Equal(second["eval_calibration_error"], first["eval_calibration_error"], 1e-5);
        Assert.InRange(first["eval_accuracy"], first["eval_accuracy_low"], first["eval_accuracy_high"]);
    }

    [Theory]
    [InlineData("plackett_luce")]
    [InlineData("all_pairs")]
    public void Execute_RankingsOfTwo_LearnAsPairsDo(string loss)
    {
        JsonObject Options() => new() { ["max_steps"] = 10, ["learning_rate"] = 0.001, ["logging_steps"] = 1, ["center_rewards_coefficient"] = 0.1, ["ranking_loss_type"] = loss };
        var pairs = runs.Make("pairs", "reward", Options());
        var rankings = runs.Make("rankings", "reward", Options(), train: RunSample.Lines(0, 20, i => Ranking(i, 2)), validation: RunSample.Lines(30, 4, i => Ranking(i, 2)));

        TrainingRun.Execute(pairs, TimeProvider.System);
        TrainingRun.Execute(rankings, TimeProvider.System);

        var expected = Metrics(pairs);
        var actual = Metrics(rankings);
        Assert.Equal(expected.Count, actual.Count);
        foreach (var (one, other) in expected.Zip(actual))
        {
            Assert.Equal(one.Metrics.Keys.Order(), other.Metrics.Keys.Order());
            foreach (var (name, value) in one.Metrics) Assert.Equal(value, other.Metrics[name], 1e-3);
        }
    }

    [Theory]
    [InlineData("plackett_luce", null)]
    [InlineData("all_pairs", null)]
    [InlineData("plackett_luce", "lora")]
    public void Execute_Rankings_LearnsTheirOrder(string loss, string? method)
    {
        JsonObject options = new() { ["max_steps"] = 40, ["learning_rate"] = 0.01, ["logging_steps"] = 1, ["ranking_loss_type"] = loss, ["peft_method"] = method };
        var run = runs.Make("run", "reward", options, train: RunSample.Lines(0, 20, i => Ranking(i, 2 + i % 3)), validation: RunSample.Lines(30, 4, i => Ranking(i, 4)));

        Assert.True(TrainingRun.Execute(run, TimeProvider.System));

        var losses = Metrics(run).Where(item => item.Metrics.ContainsKey("loss")).Select(item => item.Metrics["loss"]).ToArray();
        Assert.True(losses[^5..].Average() < 0.8 * losses[..5].Average(), $"from {losses[0]} to {losses[^1]}");
        Assert.InRange(RunSample.ResultsOf(run)["eval_accuracy"], 0.8, 1);
    }

    [Fact]
    public void Execute_RankingsAndPairs_MeasuresOneByTheOther()
    {
        var run = runs.Make("mixed", "reward", new() { ["max_steps"] = 2 }, train: RunSample.Lines(0, 20, i => Ranking(i, 3)));
        var other = runs.Make("other", "reward", new() { ["max_steps"] = 2 }, validation: RunSample.Lines(30, 4, i => Ranking(i, 3)));

        Assert.True(TrainingRun.Execute(run, TimeProvider.System));
        Assert.True(TrainingRun.Execute(other, TimeProvider.System));

        Assert.True(RunSample.ResultsOf(run).ContainsKey("eval_accuracy"));
        Assert.True(RunSample.ResultsOf(other).ContainsKey("eval_accuracy"));
    }

    [Fact]
    public void Execute_TooManyTies_AreRefusedWithTheWayOut()
    {
        var replies = string.Join(", ", Enumerable.Range(0, 13).Select(i => $"\" {i}.\""));
        var train = $$"""{"prompt": "Which?", "responses": [{{replies}}], "ranking": [{{string.Join(", ", Enumerable.Repeat(1, 13))}}]}""";
        var run = runs.Make("ties", "reward", [], train: train);

        var error = Assert.Throws<InvalidInputException>(() => TrainingRun.Execute(run, TimeProvider.System));

        Assert.Contains("expected fewer, or 'ranking_loss_type' all_pairs", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("reward", "1 of 21 examples were dropped, the first in line 21: longer than 40 tokens; a higher 'max_length' keeps them.")]
    [InlineData("dpo", null)]
    public void Execute_TooLongPair_IsDroppedByRewardAlone(string kind, string? message)
    {
        var tooLong = $$"""{"prompt": "Why?", "chosen": " {{string.Join(' ', Enumerable.Range(100, 60))}}", "rejected": " No."}""";
        var run = runs.Make("long", kind, new() { ["max_steps"] = 1, ["max_length"] = 40 }, train: RunSample.Lines(0, 20, i => RunSample.Row(kind, i)) + "\n" + tooLong);

        TrainingRun.Execute(run, TimeProvider.System);

        var told = RunSample.EventsOf(run).OfType<LogEvent>().Where(item => item.Message.Contains("dropped", StringComparison.Ordinal)).Select(item => item.Message);
        Assert.Equal(message is null ? [] : [$"train.jsonl: {message}"], told);
    }

    [Fact]
    public void Execute_PromptThatFillsTheLimit_IsDroppedAndToldOf()
    {
        var tooLong = $$"""{"prompt": "{{string.Join(' ', Enumerable.Range(100, 60))}}", "completion": " No."}""";
        var run = runs.Make("long", "sft", new() { ["max_steps"] = 1, ["max_length"] = 40 }, train: RunSample.Lines(0, 20, i => RunSample.Row("sft", i)) + "\n" + tooLong);

        TrainingRun.Execute(run, TimeProvider.System);

        Assert.Contains(RunSample.EventsOf(run).OfType<LogEvent>(), item => item.Message == "train.jsonl: 1 of 21 examples were dropped, the first in line 21: nothing to learn in their first 40 tokens; a higher 'max_length' keeps them.");
    }

    private static string Ranking(int i, int replies)
    {
        string[] all = [$" It is {i}.", " No.", " No no.", " No no no."];
        return new JsonObject
        {
            ["prompt"] = $"What is {i}?",
            ["responses"] = new JsonArray([.. all[..replies].Select(reply => (JsonNode)reply)]),
            ["ranking"] = new JsonArray([.. Enumerable.Range(1, replies).Select(rank => (JsonNode)rank)]),
        }.ToJsonString();
    }

    private static List<MetricEvent> Metrics(string run) => [.. RunSample.EventsOf(run).OfType<MetricEvent>()];
}
