using System.CommandLine;
using RlhfHub.Worker.Tests.Serving;

namespace RlhfHub.Bench;

/// <summary><c>storm</c>: a thousand callers of all kinds at the model server, and what it is like after them.</summary>
internal static class StormBench
{
    private const double MostNativeGrowth = 5;      // MB
    private const double MostResidentGrowth = 100;

    public static Command Create()
    {
        var requests = new Option<int>("--requests") { Description = "Requests after a warm-up of a third as many.", DefaultValueFactory = _ => 1000 };
        var seed = new Option<int>("--seed") { Description = "Of all that is random.", DefaultValueFactory = _ => 1 };
        var command = new Command("storm", "The model server among callers who cancel, drop connections and send nonsense, while adapters change. Fails when a request goes otherwise than it should, or memory is lost.") { requests, seed };
        command.SetAction(async (parsed, _) =>
        {
            using var folder = new TemporaryFolder();
            var count = parsed.GetValue(requests);
            var storm = await StormSeries.RunAsync(folder["models"], count / 3, count, parsed.GetValue(seed));
            foreach (var (kind, number) in storm.Seen) Console.WriteLine($"{number,5} {kind}");
            Console.WriteLine($"native memory {storm.NativeMegabytes.Before:0.0} -> {storm.NativeMegabytes.After:0.0} MB, resident {storm.ResidentMegabytes.Before:0} -> {storm.ResidentMegabytes.After:0} MB; alive: {storm.IsAlive}; {storm.Faults.Count} went wrong");
            foreach (var fault in storm.Faults.Take(20)) Console.WriteLine($"  {fault}");
            return storm.Faults.Count == 0 && storm.IsAlive && storm.NativeMegabytes.After - storm.NativeMegabytes.Before <= MostNativeGrowth
                && storm.ResidentMegabytes.After - storm.ResidentMegabytes.Before <= MostResidentGrowth ? 0 : 1;
        });
        return command;
    }
}
