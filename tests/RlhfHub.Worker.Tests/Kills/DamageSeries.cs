using RlhfHub.Training.Runs;

namespace RlhfHub.Worker.Tests.Kills;

/// <summary>Cuts off or flips bits of the newest checkpoint, lets the worker go on, and sees that it noticed.</summary>
/// <param name="runs">Where the copies go.</param>
/// <param name="whole">A run that came to its end.</param>
/// <param name="random">Which file is damaged, and where.</param>
internal sealed class DamageSeries(KillRuns runs, string whole, Random random)
{
    private const int Kinds = 2;   // of all that CheckpointDamage can do: truncations and bit flips, in turn

    private readonly List<string> faults = [];

    /// <summary>What was not noticed or came out differently; empty when nothing did.</summary>
    public IReadOnlyList<string> Faults => faults;

    /// <summary>How many damaged checkpoints were noticed.</summary>
    public int Caught { get; private set; }

    /// <summary>Damages so many copies, after one that is left whole and must not be suspected.</summary>
    public void Run(int count)
    {
        if (GoOn("whole", _ => "nothing") is { Suspected: { } suspected }) faults.Add($"an undamaged checkpoint was passed over: {suspected}");
        for (var round = 0; round < count; round++)
        {
            var (done, step, found) = GoOn($"{round}", checkpoint => CheckpointDamage.Inflict(checkpoint, round % Kinds, random));
            if (found is null) faults.Add($"round {round}: the worker went on from checkpoint {step} although it had a {done}");
            else Caught++;
        }
    }

    private (string Damage, long Step, string? Suspected) GoOn(string name, Func<string, string> inflict)
    {
        var run = runs.Copy(whole, $"{Path.GetFileName(whole)}-damaged-{name}");
        var newest = Checkpoint.List(RunFolder.Open(run))[^1];
        var damage = inflict(newest.Path);
        var watch = new EventTail(RunFolder.Open(run));
        watch.ReadNew(100_000);
        KillRuns.Finish(run);
        if (KillRuns.Hash(run) != KillRuns.Hash(whole)) faults.Add($"{run} ended with other weights after a {damage}");
        var suspected = watch.ReadNew(100_000).OfType<LogEvent>().FirstOrDefault(item => item.Message.StartsWith($"Checkpoint {newest.Step} is passed over: ", StringComparison.Ordinal));
        Directory.Delete(run, recursive: true);
        return (damage, newest.Step, suspected?.Message);
    }
}
