using System.CommandLine;
using System.Diagnostics;
using RlhfHub.Web.Tests.Rounds;

namespace RlhfHub.Bench;

/// <summary><c>round-kill</c>: the long form of the kill test of rounds.</summary>
internal static class RoundKillBench
{
    public static Command Create()
    {
        var sites = new Option<int>("--sites") { Description = "How often the site is killed.", DefaultValueFactory = _ => 20 };
        var workers = new Option<int>("--workers") { Description = "How often a worker is killed, by SIGKILL and SIGABRT in turn.", DefaultValueFactory = _ => 20 };
        var steps = new Option<int>("--steps") { Description = "Steps of SFT and of the reward model; PPO has a fifth of them.", DefaultValueFactory = _ => 60 };
        var seed = new Option<int>("--seed") { Description = "Of the moments.", DefaultValueFactory = _ => 1 };
        var command = new Command("round-kill", "A round (SFT, reward model, PPO) whose workers and site are killed must end with the weights and metrics of an undisturbed one.") { sites, workers, steps, seed };
        command.SetAction(async (parsed, _) =>
        {
            var watch = Stopwatch.StartNew();
            var report = await RoundKills.RunAsync(parsed.GetValue(sites), parsed.GetValue(workers), parsed.GetValue(steps), parsed.GetValue(seed), Console.WriteLine);
            Console.WriteLine($"{report.SiteKills} kills of the site, {report.WorkerKills} of workers, {watch.Elapsed.TotalMinutes:0.0} minutes: {report.Faults.Count} faults");
            foreach (var fault in report.Faults.Take(20)) Console.WriteLine($"  {fault}");
            return report.Faults.Count == 0 ? 0 : 1;
        });
        return command;
    }
}
