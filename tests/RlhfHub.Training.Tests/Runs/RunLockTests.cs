using System.Diagnostics;
using RlhfHub.Training.Runs;

namespace RlhfHub.Training.Tests.Runs;

public sealed class RunLockTests : IDisposable
{
    private readonly RunSample sample = new();

    public RunLockTests() => sample.Spec.Write(sample.Folder);

    public void Dispose() => sample.Dispose();

    [Fact]
    public void Acquire_HeldInThisProcess_NamesPidAndStart()
    {
        var time = new FixedTime(new DateTimeOffset(2026, 11, 23, 7, 5, 9, TimeSpan.Zero));
        using var first = RunLock.Acquire(sample.Folder, time);

        var error = Assert.Throws<InvalidInputException>(() => sample.Lock());

        Assert.Equal(
            $"{sample.Folder.Path} is held by process {Environment.ProcessId} on {Environment.MachineName}, which started at 2026-11-23 07:05:09 UTC; only one worker may work in a run folder.",
            error.Message);
    }

    [Fact]
    public void Acquire_Released_IsHadAgain()
    {
        Assert.False(RunLock.IsHeld(sample.Folder));
        using (sample.Lock()) Assert.True(RunLock.IsHeld(sample.Folder));
        Assert.False(RunLock.IsHeld(sample.Folder));

        using var again = sample.Lock();

        Assert.True(RunLock.IsHeld(sample.Folder));
    }

    [Fact]
    public void Describe_Machine_StandsInWorkerJson()
    {
        using var held = sample.Lock();

        held.Describe(RunSample.Machine);

        var read = WorkerInfo.TryRead(sample.Folder);
        Assert.Equal(held.Worker, read);
        Assert.Equal((Environment.ProcessId, RunSample.Machine), (read!.Pid, read.Machine));
    }

    [Fact]
    public void Acquire_HeldByAnotherProcess_RefusesUntilThatIsKilled()
    {
        using var child = RunChild.Start("hold", sample.Folder.Path);
        var error = Assert.Throws<InvalidInputException>(() => sample.Lock());
        Assert.Contains($"is held by process {child.Id} on {Environment.MachineName}", error.Message);
        Assert.True(RunLock.IsHeld(sample.Folder));

        child.Kill();

        Assert.False(RunLock.IsHeld(sample.Folder));
        using var held = sample.Lock();
        Assert.Equal(Environment.ProcessId, WorkerInfo.TryRead(sample.Folder)!.Pid);
    }

    [Fact]
    public void Acquire_HeldByAForeignProgramsFlock_RefusesUntilThatIsKilled()
    {
        if (!OperatingSystem.IsLinux()) return; // flock(1) is Linux's
        var start = new ProcessStartInfo("flock", ["--exclusive", "--no-fork", sample.Folder.LockFile, "cat"]) { RedirectStandardInput = true };
        using var foreign = Process.Start(start)!;
        Assert.True(SpinWait.SpinUntil(() => RunLock.IsHeld(sample.Folder), TimeSpan.FromSeconds(30)));

        var error = Assert.Throws<InvalidInputException>(() => sample.Lock());
        foreign.Kill();
        foreign.WaitForExit();

        Assert.Contains("is held by another process, which has not written worker.json yet", error.Message);
        sample.Lock().Dispose();
    }

    [Fact]
    public void Acquire_WhileOthersAskWhetherItIsHeld_IsNotRefused()
    {
        File.WriteAllText(sample.Folder.LockFile, "");
        using var ended = new CancellationTokenSource();
        var asking = new Thread(() =>
        {
            while (!ended.IsCancellationRequested) RunLock.IsHeld(sample.Folder);
        });
        asking.Start();

        for (var i = 0; i < 200; i++) sample.Lock().Dispose();

        ended.Cancel();
        asking.Join();
    }

    [Fact]
    public void DifferencesFrom_OtherThreadsAndType_NamesBoth()
    {
        var now = RunSample.Machine with { Threads = 4, Type = "x64 avx512" };

        Assert.Equal(["type x64 avx512 instead of x64 avx2", "threads 4 instead of 2"], now.DifferencesFrom(RunSample.Machine));
        Assert.Empty(now.DifferencesFrom(now with { }));
    }
}
