using System.CommandLine;
using System.Diagnostics;
using RlhfHub.Web.Tests.Labeling;

namespace RlhfHub.Bench;

/// <summary><c>labeling-kill</c>: the long form of the kill test of labeling.</summary>
internal static class LabelingKillBench
{
    public static Command Create()
    {
        var submissions = new Option<int>("--submissions") { Description = "Answers to be acknowledged.", DefaultValueFactory = _ => 100_000 };
        var kills = new Option<int>("--kills") { Description = "How often the site is killed meanwhile.", DefaultValueFactory = _ => 50 };
        var raters = new Option<int>("--raters") { Description = "Raters at once.", DefaultValueFactory = _ => 64 };
        var seed = new Option<int>("--seed") { Description = "Of all that is random.", DefaultValueFactory = _ => 1 };
        var command = new Command("labeling-kill", "Raters who skip, forget, answer late and twice, at a site that is killed: nothing acknowledged may be lost or doubled, no task may have too many judgments.") { submissions, kills, raters, seed };
        command.SetAction(async (parsed, _) =>
        {
            var watch = Stopwatch.StartNew();
            var report = await LabelingKills.RunAsync(parsed.GetValue(raters), parsed.GetValue(submissions), parsed.GetValue(kills), parsed.GetValue(seed), Console.WriteLine);
            Console.WriteLine($"{report.Acknowledged:N0} acknowledged answers of {parsed.GetValue(raters)} raters, {report.Kills} kills, {watch.Elapsed.TotalMinutes:0.0} minutes: {report.Faults.Count} faults");
            foreach (var fault in report.Faults.Take(20)) Console.WriteLine($"  {fault}");
            return report.Faults.Count == 0 && report.Kills == parsed.GetValue(kills) ? 0 : 1;
        });
        return command;
    }
}
