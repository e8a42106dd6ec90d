using RlhfHub.Training.Runs;

namespace RlhfHub.Training.Tests.Runs;

public sealed class RunFolderTests : IDisposable
{
    private readonly RunSample sample = new();

    public void Dispose() => sample.Dispose();

    [Fact]
    public void Open_BeforeRunJsonIsWritten_Refuses()
    {
        var error = Assert.Throws<InvalidInputException>(() => RunFolder.Open(sample.Folder.Path));

        Assert.Equal($"{sample.Folder.Path} is no run folder: it holds no run.json.", error.Message);
    }

    [Fact]
    public void Open_MissingFolder_SaysSo()
    {
        var error = Assert.Throws<InvalidInputException>(() => RunFolder.Open(sample.Elsewhere));

        Assert.Equal($"{sample.Elsewhere} was not found; expected a run folder.", error.Message);
    }

    [Fact]
    public void Open_WrittenRun_HasThePathsOfTheContract()
    {
        sample.Spec.Write(sample.Folder);

        var folder = RunFolder.Open(sample.Folder.Path);

        string[] paths =
        [
            folder.SpecFile, folder.DataFolder, folder.ControlFile, folder.EventsFile, folder.CheckpointFolder(20), folder.OutputFolder, folder.LockFile, folder.WorkerFile, folder.WorkerLog,
        ];
        Assert.Equal(["run.json", "data", "control.json", "events.jsonl", "checkpoints/step-20", "output", "lock", "worker.json", "worker.log"], paths.Select(folder.Relative));
    }

    [Fact]
    public void Create_FolderWithSomethingInIt_Refuses()
    {
        var error = Assert.Throws<InvalidInputException>(() => RunFolder.Create(sample.Folder.Path));

        Assert.Equal($"{sample.Folder.Path} is already in use; expected a new or empty folder for the run.", error.Message);
    }

    [Fact]
    public void Resolve_RelativeAndAbsolute_StartsAtTheRunFolder()
    {
        Assert.Equal(Path.GetFullPath(Path.Combine(sample.Folder.Path, "../models/starter")), sample.Folder.Resolve("../models/starter"));
        Assert.Equal(sample.Elsewhere, sample.Folder.Resolve(sample.Elsewhere));
    }
}
