using RlhfHub.Training.Runs;

namespace RlhfHub.Training.Tests.Runs;

/// <summary>What happens when the disk is full: for real on a file system of 1 MB, and everywhere with a writer that fails in the middle.</summary>
public sealed class FullDiskTests
{
    [SmallDiskFact]
    public void Save_DiskFull_LeavesTheOlderCheckpointsAndNothingElse()
    {
        using var disk = new SmallDisk();
        var folder = RunFolder.Create(disk["run"]);
        using var held = RunLock.Acquire(folder, TimeProvider.System);
        var store = CheckpointStore.Open(held);
        var older = store.Save(1, RunSample.Machine, RunSample.Files(1, 400_000));

        var error = Assert.Throws<IOException>(() => store.Save(2, RunSample.Machine, RunSample.Files(2, 400_000)));
        // Replacing needs the room of both for a moment: the one that stands there stays.
        Assert.Throws<IOException>(() => store.Save(1, RunSample.Machine, RunSample.Files(1, 500_000)));

        Assert.StartsWith($"{folder.CheckpointFolder(2)} could not be saved: ", error.Message);
        Assert.Equal([older.Path], Directory.GetFileSystemEntries(folder.CheckpointsFolder));
        Assert.Null(older.FindDamage());
        store.Save(2, RunSample.Machine, RunSample.Files(2, 100_000));
        Assert.Equal(2, store.FindNewestWhole().Newest!.Step);
    }

    [SmallDiskFact]
    public void Append_DiskFull_LeavesNoHalfLineAndNoGap()
    {
        using var disk = new SmallDisk();
        var folder = RunFolder.Create(disk["run"]);
        var ballast = disk["ballast"];
        File.WriteAllBytes(ballast, new byte[800_000]);
        using var held = RunLock.Acquire(folder, TimeProvider.System);
        using var log = EventLog.Open(held, TimeProvider.System);
        var text = new LogEvent(new string('x', 10_000));

        var error = Assert.Throws<IOException>(() =>
        {
            for (var i = 0; i < 1000; i++) log.Append(text);
        });

        Assert.StartsWith($"{folder.EventsFile} could not be written: ", error.Message);
        var written = log.LastSeq;
        Assert.InRange(written, 5, 100);
        Assert.Equal((byte)'\n', File.ReadAllBytes(folder.EventsFile)[^1]);
        File.Delete(ballast);
        log.Append(new LogEvent("room again"));
        Assert.Equal(Enumerable.Range(1, (int)written + 1).Select(i => (long)i), new EventTail(folder).ReadNew().Select(item => item.Seq));
    }

    [SmallDiskFact]
    public void SetWant_DiskFull_LeavesTheFormerWish()
    {
        using var disk = new SmallDisk();
        var folder = RunFolder.Create(disk["run"]);
        RunControl.SetWant(folder, RunWant.Pause);
        Assert.Throws<IOException>(() => File.WriteAllBytes(disk["ballast"], new byte[2_000_000]));

        Assert.Throws<IOException>(() => RunControl.SetWant(folder, RunWant.Stop));

        Assert.Equal(RunWant.Pause, RunControl.Read(folder).Want);
        Assert.Equal(["control.json"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Save_WriterFailsInTheMiddle_LeavesNothing()
    {
        using var sample = new RunSample();
        using var held = sample.Lock();
        var store = CheckpointStore.Open(held);

        var error = Assert.Throws<IOException>(() => store.Save(2, RunSample.Machine, folder =>
        {
            RunSample.Files(2)(folder);
            throw new IOException("No space left on device");
        }));

        Assert.Equal($"{sample.Folder.CheckpointFolder(2)} could not be saved: No space left on device; what was saved before is whole, and the run goes on from there when it is started again.", error.Message);
        Assert.Empty(Directory.GetFileSystemEntries(sample.Folder.CheckpointsFolder));
    }
}
