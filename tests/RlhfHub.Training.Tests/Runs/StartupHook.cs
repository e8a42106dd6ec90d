using RlhfHub.Training.Runs;
using RlhfHub.Training.Tests.Runs;

/// <summary>The runtime calls this before Main when DOTNET_STARTUP_HOOKS names the test assembly: that makes it a child process for <see cref="RunChild"/> without a project of its own.</summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(RunChild.RoleVariable) is not { } role) return;
        using var held = RunLock.Acquire(RunFolder.Open(Environment.GetEnvironmentVariable(RunChild.FolderVariable)!), TimeProvider.System);
        Console.WriteLine("ready");
        if (role == "work") Work(held);
        Thread.Sleep(Timeout.Infinite);
    }

    /// <summary>Does what a worker does, as fast as it can: metrics, and a checkpoint every five steps.</summary>
    private static void Work(RunLock held)
    {
        using var log = EventLog.Open(held, TimeProvider.System);
        var store = CheckpointStore.Open(held);
        var from = store.FindNewestWhole().Newest?.Step ?? 0;
        log.Append(StateEvent.Resumed(from));
        for (var step = from + 1; ; step++)
        {
            log.Append(new MetricEvent(step, new Dictionary<string, double> { ["loss"] = 1.0 / step }));
            if (step % 5 != 0) continue;
            var checkpoint = store.Save(step, RunSample.Machine, RunSample.Files(step, 200_000));
            log.Append(new CheckpointEvent(step, held.Folder.Relative(checkpoint.Path)));
            store.Prune(new PrunePolicy());
        }
    }
}
