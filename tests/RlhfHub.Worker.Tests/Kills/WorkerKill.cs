using System.Diagnostics;

namespace RlhfHub.Worker.Tests.Kills;

/// <summary>When a worker is to be killed.</summary>
public enum KillAim
{
    /// <summary>At some moment of its life, from the start of .NET on.</summary>
    AnyTime,

    /// <summary>While it draws replies.</summary>
    Rollout,

    /// <summary>While it writes a checkpoint.</summary>
    Save,

    /// <summary>While it measures itself.</summary>
    Validation,

    /// <summary>While it answers prompts for people to see.</summary>
    Samples,

    /// <summary>While it writes the finished model.</summary>
    Output,
}

/// <summary>One SIGKILL of a worker at work.</summary>
/// <param name="Aim">Where it was to fall.</param>
/// <param name="Phase">Where it fell, by what it left in the run folder.</param>
/// <param name="Step">The last step of which the worker had told.</param>
/// <param name="Milliseconds">The worker's age.</param>
internal sealed record WorkerKill(KillAim Aim, string Phase, long Step, double Milliseconds)
{
    private const int PatienceSeconds = 120;

    /// <summary>Starts a worker on a run and kills it.</summary>
    /// <param name="run">The run folder.</param>
    /// <param name="aim">When.</param>
    /// <param name="random">Chooses the moment within that.</param>
    /// <param name="usual">How long an undisturbed worker takes from its start to its end.</param>
    /// <returns>Null when it came to its end before that.</returns>
    public static WorkerKill? Once(string run, KillAim aim, Random random, TimeSpan usual)
    {
        // Not always at the first chance: the third save is as good as the first.
        var (moment, delay, chancesToMiss) = (usual * random.NextDouble(), random.NextDouble() * LongestDelay(aim), random.Next(ChancesAtLeast(aim)));
        var watch = new RunWatch(run);
        using var worker = KillRuns.Start(run);
        var clock = Stopwatch.StartNew();
        var chances = new HashSet<string>();
        while (!worker.HasExited)
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(PatienceSeconds)) throw new TimeoutException($"{run}: in {PatienceSeconds} s the worker has neither ended nor come to '{aim}'.");
            if (aim == KillAim.AnyTime && clock.Elapsed >= moment) break;
            watch.Look();
            if (watch.ChanceFor(aim) is { } chance && chances.Add(chance) && chances.Count > chancesToMiss) break;
            Thread.Sleep(0);
        }
        Wait(delay);
        worker.Kill();
        worker.WaitForExit();
        if (worker.ExitCode == 0) return null;
        watch.Look();
        return new WorkerKill(aim, watch.Phase(aim), watch.Step, clock.Elapsed.TotalMilliseconds);
    }

    /// <summary>Whether it fell where it was to fall.</summary>
    public bool IsHit => Phase.Equals(Aim.ToString(), StringComparison.OrdinalIgnoreCase);

    /// <summary>How many a run from its beginning has.</summary>
    private static int ChancesAtLeast(KillAim aim) => aim switch
    {
        KillAim.Output => 1,
        KillAim.Samples => 2,
        _ => 3,
    };

    /// <summary>Milliseconds: less than each phase of these small runs takes.</summary>
    private static double LongestDelay(KillAim aim) => aim switch
    {
        KillAim.AnyTime => 0,
        KillAim.Rollout => 15,
        KillAim.Samples => 8,
        _ => 3,
    };

    private static void Wait(double milliseconds)
    {
        // Sleeping is as coarse as what is aimed at.
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalMilliseconds < milliseconds) Thread.SpinWait(100);
    }
}
