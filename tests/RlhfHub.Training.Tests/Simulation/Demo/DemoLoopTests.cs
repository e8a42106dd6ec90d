using RlhfHub.Training.Data;
using RlhfHub.Training.Data.Formats;
using RlhfHub.Training.Simulation.Demo;

namespace RlhfHub.Training.Tests.Simulation.Demo;

public sealed class DemoLoopTests : IDisposable
{
    private static readonly DemoOptions Small = new()
    {
        Demonstrations = 32,
        Comparisons = 48,
        HeldOutComparisons = 16,
        PracticePrompts = 16,
        PpoSteps = 2,
        PpoBatch = 8,
        BlindPrompts = 16,
        CensusPrompts = 24,
    };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Run_Small_EndsWithAComparisonOfTwoModelsAndNeverUsesAPromptTwice()
    {
        var said = new List<string>();

        var report = Loop("demo", Small, said).Run()!;

        Assert.Equal((16, 24), (report.WinRate.Count, report.Taught.Count));
        Assert.InRange(report.WinRate.Rate, report.WinRate.Low, report.WinRate.High);
        Assert.InRange(report.RewardAccuracy.Count, 4, 16);
        Assert.Contains(said, sentence => sentence.StartsWith("5 of 5", StringComparison.Ordinal));
        Assert.NotEqual(Weights("sft"), Weights("ppo"));
        string[][] parts =
        [
            Prompts("sft", "train", PromptCompletion.Format), Prompts("reward", "train", Preference.Format),
            Prompts("reward", "validation", Preference.Format), Prompts("ppo", "prompts", PromptOnly.Format),
        ];
        Assert.Equal(32, parts[0].Length);
        Assert.Equal(parts.Sum(part => part.Length), parts.SelectMany(part => part).Distinct().Count());
    }

    [Fact]
    public void Run_AgainInTheSameFolder_GoesOnAndSaysTheSame()
    {
        var first = Loop("demo", Small).Run();
        Directory.Delete(folder["demo", "ppo"], recursive: true);

        Assert.Equal(first, Loop("demo", Small).Run());
    }

    [Fact]
    public void Run_FolderOfAnother_IsRefused()
    {
        Directory.CreateDirectory(folder["other"]);
        File.WriteAllText(folder["other", "letter.txt"], "Dear reader");
        Directory.CreateDirectory(folder["demo"]);
        File.WriteAllText(folder["demo", "demo.json"], "{}");

        Assert.Contains("already in use", Assert.Throws<InvalidInputException>(() => Loop("other", Small).Run()).Message, StringComparison.Ordinal);
        Assert.Contains("another demonstration", Assert.Throws<InvalidInputException>(() => Loop("demo", Small).Run()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ShuffledLabels_ComparesTheSameRepliesWithOtherWinners()
    {
        Loop("true", Small).Run();
        Loop("shuffled", Small with { ShufflesLabels = true }).Run();
        IReadOnlyList<PreferenceRow> Pairs(string demo) => DatasetFile.Read(folder[demo, "reward", "data", "train.jsonl"], Preference.Format);

        var sameWinner = Pairs("true").Zip(Pairs("shuffled"), (one, other) => one.Chosen.Key == other.Chosen.Key).ToArray();

        Assert.All(Pairs("true").Zip(Pairs("shuffled")), pair => Assert.Equal(pair.First.PromptKey, pair.Second.PromptKey));
        Assert.InRange(sameWinner.Count(isSame => isSame) / (double)sameWinner.Length, 0.25, 0.75);
    }

    private DemoLoop Loop(string name, DemoOptions options, List<string>? said = null) =>
        new(options, Path.Combine(Repository.Root, "models", "starter"), folder[name], TimeProvider.System) { Say = said is null ? null : said.Add };

    private byte[] Weights(string run) => File.ReadAllBytes(folder["demo", run, "output", "model.safetensors"]);

    private string[] Prompts<TRow>(string run, string role, DatasetFormat<TRow> format) where TRow : DatasetRow =>
        [.. DatasetFile.Read(folder["demo", run, "data", $"{role}.jsonl"], format).Select(row => row.PromptKey)];
}
