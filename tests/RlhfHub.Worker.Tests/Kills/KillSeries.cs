using System.Diagnostics;

namespace RlhfHub.Worker.Tests.Kills;

/// <summary>Kills workers of one kind at random moments, lets each run end, and compares it with one that nobody disturbed.</summary>
internal sealed class KillSeries(KillRuns runs, string kind, Random random)
{
    private const int KillsPerRun = 3;

    private readonly List<WorkerKill> kills = [];
    private readonly List<string> faults = [];
    private int runCount;

    /// <summary>Where each kill fell.</summary>
    public IReadOnlyList<WorkerKill> Kills => kills;

    /// <summary>What differs from the undisturbed run; empty when nothing does.</summary>
    public IReadOnlyList<string> Faults => faults;

    /// <summary>How many runs were disturbed and ended.</summary>
    public int Runs => runCount;

    /// <summary>The run that nobody disturbs, once it has ended.</summary>
    public string? Undisturbed { get; private set; }

    /// <summary>Kills so often, aiming in turn.</summary>
    public void Run(IReadOnlyList<KillAim> aims, Action<WorkerKill>? report = null)
    {
        Undisturbed = runs.Make($"{kind}-undisturbed", kind);
        var clock = Stopwatch.StartNew();
        KillRuns.Finish(Undisturbed);
        var usual = clock.Elapsed;
        var expected = KillRuns.Hash(Undisturbed);
        while (kills.Count < aims.Count)
        {
            var run = runs.Make($"{kind}-{++runCount}", kind);
            for (var i = 0; i < KillsPerRun && kills.Count < aims.Count; i++)
            {
                // One that came to its end first is one kill less of this run.
                if (WorkerKill.Once(run, aims[kills.Count], random, usual) is not { } kill) break;
                kills.Add(kill);
                report?.Invoke(kill);
            }
            KillRuns.Finish(run);
            if (KillRuns.Hash(run) != expected) faults.Add($"{run} ended with other weights");
            if (KillRuns.FindFault(run) is { } fault) faults.Add($"{run}: {fault}");
        }
    }
}
