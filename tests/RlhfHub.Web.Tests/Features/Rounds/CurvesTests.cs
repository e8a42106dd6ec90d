using System.Text.Json.Nodes;
using RlhfHub.Domain.Rounds;
using RlhfHub.Web.Features.Rounds;

namespace RlhfHub.Web.Tests.Features.Rounds;

public sealed class CurvesTests
{
    [Fact]
    public void Add_TheSameStepAgain_ReplacesItAndKeepsTheOrder()
    {
        MetricCurves curves = new();
        foreach (var line in (string[])["""{"step":2,"metrics":{"loss":2}}""", """{"step":4,"metrics":{"loss":9,"eval_loss":3}}""", """{"step":3,"metrics":{"loss":1.5}}""", """{"step":4,"metrics":{"loss":1}}"""]) curves.Add(JsonNode.Parse(line)!.AsObject());

        Assert.Equal([new(2, 2), new(3, 1.5), new(4, 1)], curves.Of("loss"));
        Assert.Equal([new(4, 3)], curves.Of("eval_loss"));
        Assert.Equal(["eval_loss", "loss"], curves.Names);
        Assert.Equal((4, 4), (curves.LastStep, curves.Version));
        Assert.Empty(curves.Of("reward"));
    }

    [Fact]
    public void Add_ValuesThatAreNoNumbers_AreGaps()
    {
        MetricCurves curves = new();

        curves.Add(JsonNode.Parse("""{"step":1,"metrics":{"a":"NaN","b":"Infinity","c":"-Infinity","d":null}}""")!.AsObject());
        curves.Add(JsonNode.Parse("""{"state":"running"}""")!.AsObject());

        Assert.Equal([double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.NaN], "abcd".Select(name => curves.Of($"{name}")[0].Value));
        Assert.Equal(1, curves.Version);
    }

    [Fact]
    public void Smooth_IsTheWeightedMeanOfAllBefore()
    {
        var smoothed = CurveMath.Smooth([new(1, 4), new(2, 1), new(3, double.NaN), new(4, 1)], 0.5);

        // 4; (4·½ + 1) / (½ + 1); a gap; (4·¼ + 1·½ + 1) / (¼ + ½ + 1)
        Assert.Equal([4, 2, double.NaN, 2.5 / 1.75], smoothed.Select(point => point.Value));
        Assert.Equal([1, 2, 3, 4], smoothed.Select(point => point.Step));
    }

    [Fact]
    public void Smooth_ByNothing_ChangesNothing()
    {
        CurvePoint[] points = [new(1, 4), new(2, 1)];

        Assert.Equal(points, CurveMath.Smooth(points, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => CurveMath.Smooth(points, 1));
    }

    [Theory]
    [InlineData(10, 1000, 10)]
    [InlineData(1000, 1000, 1000)]
    [InlineData(1_000_000, 1000, 1000)]
    [InlineData(1001, 4, 4)]
    public void Thin_KeepsEndsAndPeaks(int count, int most, int expected)
    {
        var points = Enumerable.Range(0, count).Select(step => new CurvePoint(step, step == count / 2 ? 1e6 : step == count / 3 ? -1e6 : Math.Sin(step))).ToList();

        var thin = CurveMath.Thin(points, most);

        Assert.InRange(thin.Count, Math.Min(4, expected), expected);
        Assert.Equal((points[0], points[^1]), (thin[0], thin[^1]));
        Assert.Contains(points[count / 2], thin);
        Assert.Contains(points[count / 3], thin);
        Assert.Equal(thin.OrderBy(point => point.Step), thin);
    }

    [Fact]
    public void Thin_OfGaps_KeepsThem()
    {
        var points = Enumerable.Range(0, 100).Select(step => new CurvePoint(step, step is > 20 and < 80 ? double.NaN : 1)).ToList();

        Assert.Contains(CurveMath.Thin(points, 20), point => double.IsNaN(point.Value));
    }

    [Fact]
    public void End_IsTheLastShareOfTheSteps()
    {
        var points = Enumerable.Range(1, 100).Select(step => new CurvePoint(step, 0)).ToList();

        Assert.Equal(90, CurveMath.End(points, 100, 0.1)[0].Step);
        Assert.Equal(100, CurveMath.End(points, 100, 1).Count);
    }

    [Fact]
    public void For_GroupsByName_TheTellingOnesFirst()
    {
        var charts = MetricChartPlan.For(["epoch", "eval_loss", "loss", "objective/kl", "policy/clipfrac_avg", "objective/scores", "time/scoring", "confusion/a/b", "eval_confusion/a/b"]);

        Assert.Equal(["loss", "reward", "kl", "clipped", "epoch", "time/scoring"], charts.Select(chart => chart.Key));
        Assert.Equal(["loss", "eval_loss"], charts[0].Names);
        Assert.Equal(4, charts.Count(chart => chart.IsImportant));
    }

    [Fact]
    public void For_ManyNames_IsStillAnOverview() => Assert.Equal(MetricChartPlan.MostFurther, MetricChartPlan.For(Enumerable.Range(0, 500).Select(number => $"f1/{number}")).Count);

    [Fact]
    public void Of_ALongCurve_IsSmoothedThinnedAndKeepsItsLastValue()
    {
        MetricCurves curves = new();
        for (var step = 1; step <= 5000; step++) curves.Add(new JsonObject { ["step"] = (long)step, ["metrics"] = new JsonObject { ["loss"] = 1.0 / step } });

        var line = ChartLine.Of(curves, "loss", new ChartView(Smoothing: 0.9));

        Assert.InRange(line!.Points.Count, 900, ChartLine.MostPoints);
        Assert.InRange(line.Faint!.Count, 400, ChartLine.MostPoints / 2);
        Assert.Equal(1.0 / 5000, line.Last);
        Assert.Equal("loss (Round 1)", ChartLine.Of(curves, "loss", new ChartView(), "Round 1")!.Name);
        Assert.Null(ChartLine.Of(curves, "reward", new ChartView()));
    }

    [Fact]
    public void Follower_SortsEventsAndForgetsOldLines()
    {
        RunFollower run = new(Guid.NewGuid());
        run.Add([Event(1, "metric", """{"step":1,"metrics":{"loss":1}}"""), Event(2, "sample", """{"step":0,"prompt":"Hi","text":"Ho","when":"before"}""")]);
        run.Add(Enumerable.Range(3, RunFollower.MostLogLines + 10).Select(seq => Event(seq, "log", $$"""{"message":"{{seq}}"}""")));

        Assert.Equal(RunFollower.MostLogLines, run.Log.Count);
        Assert.Equal(run.Seq, run.Log[0].Seq);
        Assert.Single(run.Samples.Pairs);
        Assert.Single(run.Curves.Names);
    }

    [Fact]
    public void Samples_OfOnePrompt_StandSideBySide()
    {
        SampleBoard board = new();
        foreach (var line in (string[])[
            """{"step":0,"prompt":"A","text":"before","when":"before"}""", """{"step":0,"prompt":"B","text":"other","when":"before","score":-1}""",
            """{"step":5,"prompt":"A","text":"during","when":"during"}""", """{"step":9,"prompt":"A","text":"after","when":"after","score":0.5}"""]) board.Add(JsonNode.Parse(line)!.AsObject());

        Assert.Equal([new SamplePair("A", new(0, "before", null), new(9, "after", 0.5), true), new SamplePair("B", new(0, "other", -1), null, false)], board.Pairs);
    }

    [Theory]
    [InlineData(25, 100, RunState.Running, 180)]
    [InlineData(100, 100, RunState.Running, 0)]
    [InlineData(0, 100, RunState.Running, null)]
    [InlineData(25, null, RunState.Running, null)]
    [InlineData(25, 100, RunState.Paused, null)]
    public void TimeLeft_FollowsFromStepsAndTime(int step, int? steps, RunState state, int? seconds)
    {
        var now = new DateTime(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);
        var run = new RunSummary(Guid.NewGuid(), 0, "sft", state, null, step, steps, 0, now.AddSeconds(-60), null, null);

        Assert.Equal(seconds, TimeLeft.Of(run, now)?.TotalSeconds);
    }

    [Theory]
    [InlineData(1, "1 second")]
    [InlineData(150, "2 minutes")]
    [InlineData(5400, "1.5 hours")]
    [InlineData(180_000, "2.1 days")]
    public void Words_AreAsExactAsNeeded(int seconds, string words) => Assert.Equal(words, TimeLeft.Words(TimeSpan.FromSeconds(seconds)));

    private static RunEventDetails Event(long seq, string kind, string content) => new(seq, default, kind, JsonNode.Parse(content)!.AsObject());
}
