using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace RlhfHub.EndToEnd.Tests;

/// <summary>The loop in a browser: people label, a round trains on it, they compare what it says while it trains, and its result has a win rate. Real training of the starter model, of a few steps.</summary>
[Collection(BrowserTests.Name)]
public sealed class RoundTests(Browser browser)
{
    private const string Password = "seven quiet orange trains";
    private const int Comparisons = 16;
    private const int TrainingMilliseconds = 240_000;   // what a busy machine may take for it

    [BrowserFact]
    public async Task Round_LaunchedOnItsPage_MovesChartsReachesAnOpenPageAndLeavesAVersionWithItsWinRate()
    {
        await using var first = await browser.OpenAsync();
        var admin = first.Page;
        await admin.GotoAsync("/account");
        var project = await admin.MakeProjectAsync("The loop", Comparisons);
        await using var second = await JoinAsync(admin, project);
        var rater = second.Page;
        await Task.WhenAll(LabelAllAsync(admin, project), LabelAllAsync(rater, project));

        await admin.ApiAsync("POST", $"projects/{project}/model/trial", new { prompt = "Hello" });   // so that the model server is up before the training is over
        await admin.GotoAsync($"/projects/{project}/rounds/new");
        await admin.GetByRole(AriaRole.Checkbox, new() { Name = "Supervised fine-tuning" }).SetCheckedAsync(false);
        await admin.GetByRole(AriaRole.Radio, new() { Name = "Quick check" }).CheckAsync();
        await admin.Locator("[id^=stage-1][id$=max_steps]").FillAsync("20");
        await admin.Locator("[id^=stage-1][id$=learning_rate]").FillAsync("1e-4");
        await admin.Locator("[id$=response_length]").FillAsync("16");
        await admin.Locator("#reply-tokens").FillAsync("24");
        await Expect(admin.GetByText($"{Comparisons} judgments would be frozen")).ToBeVisibleAsync();
        await admin.KeepAsync("round-new-1440-light");
        await admin.GetByRole(AriaRole.Button, new() { Name = "Launch the round" }).ClickAsync();

        // No page is loaded again from here on: charts, states and the rater's next task come by themselves.
        await Expect(admin.GetByRole(AriaRole.Heading, new() { Name = "Round 1" })).ToBeVisibleAsync();
        var chart = admin.Locator("figure").First;
        await Expect(chart).ToBeVisibleAsync(new() { Timeout = TrainingMilliseconds });
        var before = await chart.InnerTextAsync();
        await Expect(chart).Not.ToHaveTextAsync(before, new() { Timeout = TrainingMilliseconds });
        await Expect(rater.Locator("[data-task]")).ToBeVisibleAsync(new() { Timeout = TrainingMilliseconds });
        Assert.DoesNotContain("starter", await rater.ContentAsync(), StringComparison.OrdinalIgnoreCase);
        await Expect(admin.Locator(".title", new() { HasText = "Round 1" })).ToContainTextAsync("Done", new() { Timeout = TrainingMilliseconds });
        await admin.KeepAsync("round-done-1440-light");

        await admin.GotoAsync($"/projects/{project}/versions");
        var version = admin.GetByRole(AriaRole.Article).Filter(new() { HasText = "round 1 ppo" });
        await Expect(version).ToBeVisibleAsync();
        await Expect(admin.GetByRole(AriaRole.Row).Filter(new() { HasText = "round 1 ppo" })).ToContainTextAsync("Waits for judgments", new() { Timeout = TrainingMilliseconds });
        var live = (await admin.ApiAsync("GET", $"projects/{project}/head-to-heads")).GetProperty("items").EnumerateArray().Where(entry => entry.TryGetProperty("step", out var step) && step.ValueKind == JsonValueKind.Number);
        Assert.Contains(live, entry => entry.GetProperty("tasks").GetInt32() > 0);   // what the rater saw came from the policy in training
        await LabelAllAsync(rater, project);
        await Expect(version).ToContainTextAsync("against starter");
        await Expect(version).ToContainTextAsync("%");
        await admin.KeepAsync("versions-1440-light");
        await version.GetByRole(AriaRole.Button, new() { Name = "Use round 1 ppo" }).ClickAsync();
        await Expect(version).ToContainTextAsync("In use");
        Assert.Empty(first.Complaints);
        Assert.Empty(second.Complaints);
    }

    private async Task<VisitedPage> JoinAsync(IPage admin, string project)
    {
        var secret = (await admin.ApiAsync("POST", $"projects/{project}/invitations", new { role = "rater" })).GetProperty("secret").GetString()!;
        var visit = await browser.OpenAsync(browser.Site);
        await visit.Page.GotoAsync($"/account/invitation?token={secret}");
        await visit.Page.MakeAccountAsync("lena@example.org", "Lena", Password, "Make my account");
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Your projects" })).ToBeVisibleAsync();
        return visit;
    }

    // One key a comparison, until nothing waits; the page stays open.
    private static async Task LabelAllAsync(IPage page, string project)
    {
        if (!page.Url.EndsWith("/label", StringComparison.Ordinal)) await page.GotoAsync($"/projects/{project}/label");
        var task = page.Locator("[data-task]");
        var end = page.GetByRole(AriaRole.Heading, new() { Name = "Nothing waits for you now" });
        while (true)
        {
            await Expect(task.Or(end)).ToBeVisibleAsync();
            if (await end.IsVisibleAsync()) return;
            var id = await task.GetAttributeAsync("data-task");
            await page.Keyboard.PressAsync("2");
            await Expect(page.Locator($"[data-task='{id}']")).ToHaveCountAsync(0);
        }
    }
}
