using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using RlhfHub.Training.Runs;

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

    [Theory]
    [InlineData("sft")]
    [InlineData("reward")]
    public void Train_KilledAgainAndAgain_EndsWithTheSameBytes(string kind)
    {
        const int kills = 3;
        var random = new Random(17);
        var whole = Make("whole", kind, steps: 60);
        var killed = Make("killed", kind, steps: 60);
        var clock = Stopwatch.StartNew();
        Finish(whole);
        var seconds = clock.Elapsed.TotalSeconds;

        for (var i = 0; i < kills; i++)
        {
            using var worker = Start(killed);
            // Anywhere between the start of .NET and the last save.
            worker.WaitForExit(TimeSpan.FromSeconds(seconds * (0.3 + 0.6 * random.NextDouble())));
            worker.Kill();
            worker.WaitForExit();
        }
        Finish(killed);

        Assert.Equal(Hash(whole), Hash(killed));
        var events = new EventTail(RunFolder.Open(killed)).ReadNew(100_000);
        Assert.Equal(Enumerable.Range(1, events.Count).Select(seq => (long)seq), events.Select(item => item.Seq));
    }

    private static void Finish(string run)
    {
        using var worker = Start(run);
        worker.WaitForExit();
        Assert.Equal(0, worker.ExitCode);
    }

    private static Process Start(string run) =>
        Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "rlhfhub-worker"), ["train", "--run", run, "--json"]) { RedirectStandardOutput = true })!;

    private static string Hash(string run) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(run, "output", "model.safetensors"))));

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
