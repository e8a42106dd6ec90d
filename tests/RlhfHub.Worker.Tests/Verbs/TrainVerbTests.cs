using System.Text.Json.Nodes;
using RlhfHub.Training.Runs;
using RlhfHub.Worker.Tests.Kills;

namespace RlhfHub.Worker.Tests.Verbs;

public sealed class TrainVerbTests(TinyModel model) : IClassFixture<TinyModel>, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Train_ToTheEnd_SaysWhereTheResultIsAndTheResultGenerates()
    {
        var run = Make("run", "sft", steps: 4);

        var trained = Verb.Run("train", "--run", run);

        Assert.Equal(0, trained.ExitCode);
        Assert.Contains($"Done: the result is in {Path.Combine(run, "output")}.", trained.Output, StringComparison.Ordinal);
        Assert.Contains("step 4 of 4", trained.Error, StringComparison.Ordinal);
        Assert.Equal(0, Verb.Run("generate", "--model", Path.Combine(run, "output"), "--prompt", "What is 1?", "--max-new-tokens", "3").ExitCode);
    }

    [Fact]
    public void Train_NoRunFolder_SaysSo() => Verb.Run("train", "--run", folder["none"]).AssertRefused(1, "was not found; expected a run folder.");

    /// <summary>The short form of <c>bench -- kill</c>, which does the same thirty times.</summary>
    [Theory]
    [InlineData("sft", KillAim.Validation)]
    [InlineData("reward", KillAim.AnyTime)]
    [InlineData("ppo", KillAim.Rollout)]
    public void Train_KilledAgainAndAgain_EndsWithTheSameBytes(string kind, KillAim aim)
    {
        using var runs = new KillRuns(model.Folder);
        var series = new KillSeries(runs, kind, new Random(17));

        series.Run([KillAim.AnyTime, KillAim.Save, aim]);

        Assert.Empty(series.Faults);
        Assert.Equal(3, series.Kills.Count);
    }

    [Fact]
    public void Train_NewestCheckpointDamaged_SaysSoAndEndsWithTheSameBytes()
    {
        using var runs = new KillRuns(model.Folder);
        var whole = runs.Make("whole", "sft");
        KillRuns.Finish(whole);
        var damage = new DamageSeries(runs, whole, new Random(17));

        damage.Run(2);

        Assert.Empty(damage.Faults);
    }

    private string Make(string name, string kind, int steps)
    {
        var run = RunFolder.Create(folder[name]);
        string Row(int i) => kind == "sft"
            ? $$"""{"prompt": "What is {{i}}?", "completion": " It is {{i}}."}"""
            : $$"""{"prompt": "What is {{i}}?", "chosen": " It is {{i}}.", "rejected": " No."}""";
        File.WriteAllLines(Path.Combine(run.DataFolder, "train.jsonl"), Enumerable.Range(0, 20).Select(Row));
        File.WriteAllLines(Path.Combine(run.DataFolder, "validation.jsonl"), Enumerable.Range(30, 4).Select(Row));
        new RunSpec
        {
            Kind = kind,
            BaseModel = model.Folder,
            Options = new JsonObject { ["max_steps"] = steps, ["learning_rate"] = 0.01, ["save_steps"] = 5, ["eval_steps"] = 10, ["logging_steps"] = 1, ["sample_count"] = 2, ["sample_tokens"] = 8 },
            Device = "cpu",
            Data = [RunDataFile.Describe(run, "train.jsonl", "train"), RunDataFile.Describe(run, "validation.jsonl", "validation")],
        }.Write(run);
        return run.Path;
    }
}
