using System.CommandLine;
using Microsoft.Playwright;
using RlhfHub.EndToEnd.Tests;

namespace RlhfHub.Bench;

/// <summary><c>drafts</c>: the long form of the draft trials.</summary>
internal static class DraftsBench
{
    public static Command Create()
    {
        var trials = new Option<int>("--trials") { Description = "How many, in turns of each sort.", DefaultValueFactory = _ => 50 };
        var seed = new Option<int>("--seed") { Description = "Of all that is random.", DefaultValueFactory = _ => 1 };
        var command = new Command("drafts", "Writing in a real browser that is interrupted: a crashed tab, a refresh, a killed site, no network, another device. At most 2 s of typing may be lost in each trial.") { trials, seed };
        command.SetAction(async (parsed, _) =>
        {
            using var playwright = await Playwright.CreateAsync();
            Assertions.SetDefaultExpectTimeout(30_000);
            await using var chromium = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium.Path, Args = Chromium.Arguments });
            var done = await DraftTrials.RunAsync(chromium, parsed.GetValue(trials), parsed.GetValue(seed), Console.WriteLine);
            foreach (var sort in done.GroupBy(trial => trial.Interruption)) Console.WriteLine($"{sort.Key}: {sort.Count(trial => trial.IsGood)} of {sort.Count()} lost at most {DraftTrial.MostSeconds} s; worst {sort.Max(trial => trial.SecondsLost):0.00} s");
            return done.All(trial => trial.IsGood) ? 0 : 1;
        });
        return command;
    }
}
