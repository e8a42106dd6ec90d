using System.Diagnostics;
using RlhfHub.Training.Runs;
using RlhfHub.Worker.Tests.Kills;

namespace RlhfHub.Worker.Tests.Verbs;

/// <summary>A worker whose disk is full, or lets no file grow: it says so in one sentence, leaves nothing half-written, and goes on once there is room.</summary>
public sealed class FullDiskRunTests(TinyModel model) : IClassFixture<TinyModel>, IDisposable
{
    private readonly KillRuns runs = new(model.Folder);

    public void Dispose() => runs.Dispose();

    [SmallDiskFact]
    public void Train_DiskFullAtTheSecondCheckpoint_GoesOnElsewhereToTheSameBytes()
    {
        var whole = runs.Make("whole", "sft");
        using var disk = new SmallDisk(sizeKilobytes: 900);   // a checkpoint takes 520
        KillRuns.CopyTo(whole, disk["run"]);

        var (code, error) = Run("exec \"$0\" train --run \"$1\"", disk["run"]);

        Assert.Equal(1, code);
        Assert.StartsWith($"{disk["run"]}/checkpoints/step-10 could not be saved: ", error, StringComparison.Ordinal);
        Assert.Contains("the disk was full", error, StringComparison.Ordinal);
        Assert.EndsWith("; what was saved before is whole, and the run goes on from there when it is started again.\n", error, StringComparison.Ordinal);
        Assert.Equal(["step-5"], Directory.GetFileSystemEntries(Path.Combine(disk["run"], "checkpoints")).Select(Path.GetFileName));
        Assert.False(Directory.Exists(Path.Combine(disk["run"], "output")));
        var elsewhere = runs.Copy(disk["run"], "elsewhere");
        KillRuns.Finish(elsewhere);
        KillRuns.Finish(whole);
        Assert.Equal(KillRuns.Hash(whole), KillRuns.Hash(elsewhere));
        Assert.Null(KillRuns.FindFault(elsewhere));
    }

    [Fact]
    public void Train_FilesMayNotGrow_LeavesNoHalfResult()
    {
        if (!OperatingSystem.IsLinux()) return;   // the limit is the shell's
        var run = runs.Make("limited", "sft", saveSteps: 1000);

        // 100 kB a file is less than the model. The runtime's own large mapping must not be a file then.
        var (code, error) = Run("trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0; ulimit -f 100; exec \"$0\" train --run \"$1\"", run);

        Assert.Equal(1, code);
        Assert.Contains("model.safetensors could not be written", error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["checkpoints", "data", "events.jsonl", "lock", "run.json", "worker.json"], Directory.GetFileSystemEntries(run).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(run, "checkpoints")));
        Assert.Equal(RunState.Failed, Assert.IsType<StateEvent>(new EventTail(RunFolder.Open(run)).ReadNew(100_000)[^1]).State);
        KillRuns.Finish(run);
        Assert.True(File.Exists(Path.Combine(run, "output", "model.safetensors")));
    }

    private static (int Code, string Error) Run(string script, string run)
    {
        var start = new ProcessStartInfo("bash", ["-c", script, Path.Combine(AppContext.BaseDirectory, "rlhfhub-worker"), run]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        output.Wait();
        return (process.ExitCode, error);
    }
}
