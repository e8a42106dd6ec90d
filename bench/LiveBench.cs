using System.CommandLine;
using System.Diagnostics;
using RlhfHub.Web.Tests;
using RlhfHub.Web.Tests.Live;

namespace RlhfHub.Bench;

/// <summary><c>live</c>: the long form of the test of the live hub.</summary>
internal static class LiveBench
{
    private const double LongestMilliseconds = 500;

    public static Command Create()
    {
        var watchers = new Option<int>("--watchers") { Description = "Programs that follow the run.", DefaultValueFactory = _ => 100 };
        var drops = new Option<int>("--drops") { Description = "Connections that break meanwhile.", DefaultValueFactory = _ => 1000 };
        var rate = new Option<int>("--events-per-second") { Description = "Metrics that are stored in a second.", DefaultValueFactory = _ => 50 };
        var seed = new Option<int>("--seed") { Description = "Of when and whose connections break.", DefaultValueFactory = _ => 1 };
        var command = new Command("live", "Programs that follow a run over the live hub while their connections break: nothing may be missed or repeated, and 95 % must be heard within half a second.") { watchers, drops, rate, seed };
        command.SetAction(async (parsed, _) =>
        {
            const int StoresPerSecond = 10;   // as often as the runner looks at a run's file
            var watch = Stopwatch.StartNew();
            await using var site = new TestSite();
            var report = await LiveLoad.RunAsync(
                site, parsed.GetValue(watchers), parsed.GetValue(drops), Math.Max(1, parsed.GetValue(rate) / StoresPerSecond), TimeSpan.FromSeconds(1.0 / StoresPerSecond),
                mostEventsBetweenDrops: parsed.GetValue(rate) / 8, parsed.GetValue(seed));
            Console.WriteLine($"{report.Events:N0} events, {parsed.GetValue(watchers)} watchers, {parsed.GetValue(drops):N0} breaks, {report.Connections:N0} connections, {watch.Elapsed.TotalSeconds:0} s");
            Console.WriteLine($"heard {report.Heard:N0} of {report.Events * parsed.GetValue(watchers):N0}, {report.Faults.Count} gaps and repetitions");
            Console.WriteLine($"from stored to heard, breaks included: median {report.Percentile(0.5):0.0} ms, 95 % {report.Percentile(0.95):0.0} ms, 99 % {report.Percentile(0.99):0.0} ms, slowest {report.Percentile(1):0} ms");
            foreach (var fault in report.Faults.Take(20)) Console.WriteLine($"  {fault}");
            return report.Faults.Count == 0 && report.Heard == report.Events * parsed.GetValue(watchers) && report.Percentile(0.95) <= LongestMilliseconds ? 0 : 1;
        });
        return command;
    }
}
