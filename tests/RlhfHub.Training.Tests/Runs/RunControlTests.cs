using RlhfHub.Training.Runs;

namespace RlhfHub.Training.Tests.Runs;

public sealed class RunControlTests : IDisposable
{
    private readonly RunSample sample = new();
    private readonly RunControlReader reader;

    public RunControlTests() => reader = new RunControlReader(sample.Folder, TimeProvider.System);

    public void Dispose() => sample.Dispose();

    [Fact]
    public void Poll_NoFile_IsRun() => Assert.Equal(new RunWish(RunWant.Run, null), reader.Poll());

    [Fact]
    public void Poll_AfterEachWrite_SeesIt()
    {
        var wants = new Random(3).GetItems([RunWant.Run, RunWant.Pause, RunWant.Stop], 300);

        foreach (var want in wants)
        {
            RunControl.SetWant(sample.Folder, want);
            Assert.Equal(want, reader.Poll().Want);
        }
    }

    [Fact]
    public void Poll_SameSizeWithinOneClockTick_SeesIt()
    {
        var written = DateTime.UtcNow;
        Write("""{"want":"stop"}""", written);
        Assert.Equal(RunWant.Stop, reader.Poll().Want);

        Write("""{"want":"run" }""", written);

        Assert.Equal(RunWant.Run, reader.Poll().Want);
    }

    [Fact]
    public void Poll_OldFile_IsReadOnce()
    {
        var written = DateTime.UtcNow.AddMinutes(-1);
        Write("""{"want":"stop"}""", written);
        Assert.Equal(RunWant.Stop, reader.Poll().Want);

        Write("""{"want":"run" }""", written);

        Assert.Equal(RunWant.Stop, reader.Poll().Want);
    }

    [Fact]
    public void Poll_EveryHalfWrittenState_KeepsWhatWasWanted()
    {
        RunControl.SetWant(sample.Folder, RunWant.Pause);
        Assert.Equal(RunWant.Pause, reader.Poll().Want);
        const string Text = """{"want":"stop"}""";

        for (var length = 0; length < Text.Length; length++)
        {
            File.WriteAllText(sample.Folder.ControlFile, Text[..length]);
            Assert.Equal(RunWant.Pause, reader.Poll().Want);
            Assert.NotNull(reader.Problem);
        }
        File.WriteAllText(sample.Folder.ControlFile, Text);

        Assert.Equal(RunWant.Stop, reader.Poll().Want);
        Assert.Null(reader.Problem);
    }

    [Fact]
    public void Poll_UnknownWish_KeepsWhatWasWantedAndSaysWhy()
    {
        RunControl.SetWant(sample.Folder, RunWant.Pause);
        reader.Poll();

        File.WriteAllText(sample.Folder.ControlFile, """{"want":"halt"}""");

        Assert.Equal(RunWant.Pause, reader.Poll().Want);
        Assert.StartsWith($"{sample.Folder.ControlFile} is not as expected: ", reader.Problem);
    }

    [Fact]
    public void Poll_FileGone_KeepsWhatWasWanted()
    {
        RunControl.SetWant(sample.Folder, RunWant.Pause);
        reader.Poll();

        File.Delete(sample.Folder.ControlFile);

        Assert.Equal(RunWant.Pause, reader.Poll().Want);
    }

    [Fact]
    public void Poll_OneRequest_IsHandedOutOnceWhateverElseIsWritten()
    {
        var request = RunControl.RequestCheckpoint(sample.Folder);
        RunControl.SetWant(sample.Folder, RunWant.Pause);

        var first = reader.Poll();
        var second = reader.Poll();
        RunControl.SetWant(sample.Folder, RunWant.Run);
        var third = reader.Poll();

        Assert.Equal([new RunWish(RunWant.Pause, request), new RunWish(RunWant.Pause, null), new RunWish(RunWant.Run, null)], [first, second, third]);
        Assert.Equal(request, reader.ServedRequest);
    }

    [Fact]
    public void Poll_SecondRequest_IsHandedOutToo()
    {
        RunControl.RequestCheckpoint(sample.Folder);
        reader.Poll();

        var request = RunControl.RequestCheckpoint(sample.Folder);

        Assert.Equal(request, reader.Poll().CheckpointRequest);
        Assert.Null(reader.Poll().CheckpointRequest);
    }

    [Fact]
    public void Poll_ProcessKilledAfterServing_DoesNotServeAgain()
    {
        var request = RunControl.RequestCheckpoint(sample.Folder);
        using var held = sample.Lock();
        var store = CheckpointStore.Open(held);
        Assert.Equal(request, reader.Poll().CheckpointRequest);
        store.Save(5, RunSample.Machine, RunSample.Files(5), reader.ServedRequest);
        store.Save(10, RunSample.Machine, RunSample.Files(10), reader.ServedRequest);
        store.Prune(new PrunePolicy { KeepLast = 1 });

        var resumed = new RunControlReader(sample.Folder, TimeProvider.System, store.FindNewestWhole().Newest!.ReadManifest().ServedRequest);

        Assert.Null(resumed.Poll().CheckpointRequest);
    }

    [Fact]
    public void Poll_ProcessKilledBeforeServing_ServesIt()
    {
        var request = RunControl.RequestCheckpoint(sample.Folder);
        reader.Poll();

        var resumed = new RunControlReader(sample.Folder, TimeProvider.System);

        Assert.Equal(request, resumed.Poll().CheckpointRequest);
    }

    private void Write(string text, DateTime written)
    {
        File.WriteAllText(sample.Folder.ControlFile, text);
        File.SetLastWriteTimeUtc(sample.Folder.ControlFile, written);
    }
}
