using System.CommandLine;
using RlhfHub.Worker.Tests;
using RlhfHub.Worker.Tests.Kills;

namespace RlhfHub.Bench;

/// <summary><c>kill</c>: whether a run that was killed at any moment ends as if it had not been, and whether damaged checkpoints are noticed. The short form is a test.</summary>
internal static class KillBench
{
    private const int Damages = 50;

    public static Command Create()
    {
        var count = new Option<int>("--kills") { Description = "Kills of each kind.", DefaultValueFactory = _ => 30 };
        var seed = new Option<int>("--seed") { Description = "Chooses the moments.", DefaultValueFactory = _ => 17 };
        var command = new Command("kill", "Kills workers at random moments and compares how their runs end; 1 on any difference.") { count, seed };
        command.SetAction(parsed => Run(parsed.GetValue(count), new Random(parsed.GetValue(seed))));
        return command;
    }

    private static int Run(int count, Random random)
    {
        using var model = new TinyModel();
        using var runs = new KillRuns(model.Folder);
        var faults = new List<string>();
        var whole = new List<string>();
        foreach (var (kind, places) in KillRuns.Kinds)
        {
            Console.WriteLine($"{kind}: aimed at, fell in, last step, age of the worker");
            var series = new KillSeries(runs, kind, random);
            series.Run(Aims(count, places), kill => Console.WriteLine($"  {kill.Aim,-10} {kill.Phase,-10} {kill.Step,3} {kill.Milliseconds,6:0} ms"));
            whole.Add(series.Undisturbed!);
            faults.AddRange(series.Faults);
            faults.AddRange(places.Where(place => !series.Kills.Any(kill => kill.Aim == place && kill.IsHit)).Select(place => $"{kind}: no kill fell in {place}, so nothing is known of it; expected one at least"));
            Console.WriteLine($"{kind}: {series.Kills.Count} kills in {series.Runs} runs: {string.Join(", ", series.Kills.CountBy(kill => kill.Phase).OrderByDescending(item => item.Value).Select(item => $"{item.Key} {item.Value}"))}; {series.Faults.Count} differences");
        }
        var caught = 0;
        for (var i = 0; i < whole.Count; i++)
        {
            var damage = new DamageSeries(runs, whole[i], random);
            damage.Run(Damages / whole.Count + (i < Damages % whole.Count ? 1 : 0));
            caught += damage.Caught;
            faults.AddRange(damage.Faults);
        }
        Console.WriteLine($"damaged checkpoints: {caught} of {Damages} caught");
        foreach (var fault in faults) Console.WriteLine($"DIFFERENT: {fault}");
        return faults.Count == 0 ? 0 : 1;
    }

    /// <summary>Half at any time, the other half at the places that must be hit and at the finished model, in turn.</summary>
    private static KillAim[] Aims(int count, IReadOnlyList<KillAim> places)
    {
        KillAim[] aimed = [.. places, KillAim.Output];
        return [.. Enumerable.Range(0, count).Select(i => i % 2 == 0 ? KillAim.AnyTime : aimed[i / 2 % aimed.Length])];
    }
}
