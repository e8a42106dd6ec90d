using System.CommandLine;
using System.Globalization;
using Microsoft.Playwright;
using RlhfHub.EndToEnd.Tests;
using RlhfHub.Web.Tests;
using static Microsoft.Playwright.Assertions;

namespace RlhfHub.Bench;

/// <summary><c>keys</c>: from the key that answers a comparison to the paint of the next one, in a real browser, while others label.</summary>
internal static class KeysBench
{
    private const double MostMilliseconds = 150;

    // Two frames after the task on the page is another one, it has been painted. The key's own time stamp counts what it waited before the page was told.
    private const string Watch = """
        () => {
          window.keyTimes = [];
          let at = 0, before = '';
          const task = () => document.querySelector('[data-task]')?.dataset.task ?? '';
          addEventListener('keydown', event => { at = event.timeStamp; before = task(); }, true);
          new MutationObserver(() => {
            if (!at || !task() || task() === before) return;
            const pressed = at;
            at = 0;
            requestAnimationFrame(() => requestAnimationFrame(() => keyTimes.push(performance.now() - pressed)));
          }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-task'] });
        }
        """;

    public static Command Create()
    {
        var keys = new Option<int>("--keys") { Description = "How many are measured.", DefaultValueFactory = _ => 200 };
        var raters = new Option<int>("--raters") { Description = "Raters at work, the one in the browser among them.", DefaultValueFactory = _ => 20 };
        var command = new Command("keys", $"From key to the next comparison's paint, in a real browser, while other raters answer every three seconds. The p95 must be at most {MostMilliseconds} ms.") { keys, raters };
        command.SetAction(async (parsed, _) => await RunAsync(parsed.GetValue(keys), parsed.GetValue(raters)));
        return command;
    }

    private static async Task<int> RunAsync(int keys, int raters)
    {
        using var folder = new TemporaryFolder();
        await using var crowd = new Crowd(folder["hub"], raters - 1, tasks: keys + 200);
        await crowd.PrepareAsync();
        await using var site = await SiteProcess.StartAsync(new() { ["RLHFHUB_DATA"] = folder["hub"] });
        using var playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(30_000);
        await using var chromium = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium.Path, Args = Chromium.Arguments });
        var page = await chromium.NewPageAsync(new() { BaseURL = site.Address.ToString(), ViewportSize = new() { Width = 1440, Height = 900 } });
        await page.GotoAsync("/account/sign-in?returnUrl=%2Faccount");
        await page.SignInAsync(SiteProcess.AdminEmail, SiteProcess.AdminPassword);
        await page.GotoAsync($"/projects/{crowd.ProjectId}/label");
        await Expect(page.Locator("[data-task]")).ToBeVisibleAsync();
        await page.EvaluateAsync(Watch);

        using var stop = new CancellationTokenSource();
        var working = crowd.WorkAsync(site.Address, stop.Token);
        var random = new Random(1);
        for (var index = 0; index < keys; index++)
        {
            await Task.Delay(random.Next(700, 2300));   // reading
            await page.Keyboard.PressAsync($"{random.Next(1, 8)}");
            await page.WaitForFunctionAsync("count => keyTimes.length > count", index, new() { Timeout = 30_000 });
        }
        await stop.CancelAsync();
        await working;

        var times = await page.EvaluateAsync<double[]>("keyTimes");
        Array.Sort(times);
        var p95 = At(0.95);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{times.Length} keys, {raters} raters ({crowd.Answered} answers of the others): p50 {At(0.5):0} ms, p95 {p95:0} ms, max {times[^1]:0} ms; at most {MostMilliseconds} ms wanted"));
        return p95 <= MostMilliseconds ? 0 : 1;

        double At(double share) => times[(int)Math.Ceiling(share * times.Length) - 1];
    }
}
