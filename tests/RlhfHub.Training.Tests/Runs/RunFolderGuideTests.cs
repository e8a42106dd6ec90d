using System.Text;
using System.Text.RegularExpressions;
using RlhfHub.Training.Runs;

namespace RlhfHub.Training.Tests.Runs;

/// <summary>The examples of docs/run-folder.md are what the code reads.</summary>
public sealed partial class RunFolderGuideTests : IDisposable
{
    private readonly RunSample sample = new();
    private readonly List<string> examples = [.. Example().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "run-folder.md"))).Select(match => match.Groups[1].Value)];

    public void Dispose() => sample.Dispose();

    [Fact]
    public void Examples_InTheirFiles_AreRead()
    {
        var folder = sample.Folder;
        File.WriteAllText(folder.SpecFile, examples[0]);
        File.WriteAllText(folder.WorkerFile, examples[1]);
        File.WriteAllText(folder.ControlFile, examples[2]);
        File.WriteAllText(folder.EventsFile, examples[3]);

        Assert.Equal(5, examples.Count);
        Assert.Equal("sft", RunSpec.Read(folder).Kind);
        Assert.Equal((4711, 8), (WorkerInfo.TryRead(folder)!.Pid, WorkerInfo.TryRead(folder)!.Machine!.MicroBatch));
        Assert.Equal(new RunWish(RunWant.Run, "0193a7c2d5f0"), new RunControlReader(folder, TimeProvider.System).Poll());
        Assert.Equal(1e-6, (double)RunControl.Read(folder).Options!["learning_rate"]!);
        var events = new EventTail(folder).ReadNew();
        Assert.Equal(8, events.Count);
        Assert.DoesNotContain(events, item => item is OtherEvent);
        Assert.Equal(2, RunJson.Parse<CheckpointManifest>(Encoding.UTF8.GetBytes(examples[4]), "the manifest").Files.Count);
    }

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
