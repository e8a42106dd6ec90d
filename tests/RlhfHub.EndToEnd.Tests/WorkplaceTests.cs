using System.Text.Json;
using Microsoft.Playwright;
using RlhfHub.Web.Tests;
using static Microsoft.Playwright.Assertions;

namespace RlhfHub.EndToEnd.Tests;

/// <summary>What the labeling page has beside its keys: texts that may be hostile, earlier answers, moved cards, a lost connection.</summary>
[Collection(BrowserTests.Name)]
public sealed class WorkplaceTests(Browser browser)
{
    [BrowserFact]
    public async Task Label_HostileTexts_RunNothingAndAskNobody()
    {
        await using var visit = await browser.OpenAsync();
        var page = visit.Page;
        List<string> strangers = [];
        page.Dialog += (_, dialog) =>
        {
            strangers.Add($"dialog: {dialog.Message}");
            _ = dialog.DismissAsync();
        };
        await page.GotoAsync("/account");
        var origin = new Uri(page.Url).Authority;
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("data:", StringComparison.Ordinal) && new Uri(request.Url).Authority != origin) strangers.Add(request.Url);
        };
        var project = (await page.ApiAsync("POST", "projects", new { name = "Hostile", settings = new { kinds = new[] { "comparison" } } })).GetProperty("id").GetString()!;
        foreach (var texts in HostileTexts.All.Where(text => text.Length <= 5000 && !text.Contains('\0') && IsWhole(text)).Chunk(40).Take(10))
        {
            var all = string.Join("\n\n", texts);
            await page.ApiAsync("POST", $"projects/{project}/prompts", new { messages = new[] { new { role = "user", content = all } }, responses = new[] { all + "\n\n1", all + "\n\n2" } });
        }
        await page.ApiAsync("POST", $"projects/{project}/tasks", new { kind = "comparison" });
        await page.GotoAsync($"/projects/{project}/label");

        for (var index = 0; index < 10; index++)
        {
            var id = await TaskAsync(page);
            await page.Keyboard.PressAsync("e");
            await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Fold" })).ToBeVisibleAsync();
            if (index == 0) await page.KeepAsync("label-hostile-1440-light");
            await page.Keyboard.PressAsync("m");
            await Expect(page.GetByRole(AriaRole.Button, new() { Name = "As written" })).ToHaveAttributeAsync("aria-pressed", "true");
            if (index == 0) await page.KeepAsync("label-raw-1440-light");
            await page.Keyboard.PressAsync("d");
            await page.Keyboard.PressAsync("m");
            await Expect(page.GetByRole(AriaRole.Button, new() { Name = "As written" })).ToHaveAttributeAsync("aria-pressed", "false");
            Assert.Null(await page.EvaluateAsync<string?>("document.documentElement.dataset.owned ?? null"));
            Assert.Equal(0, await page.EvaluateAsync<int>("document.querySelectorAll('[data-task] :is(script, img, svg, iframe, style, link, form, object, embed, math)').length"));
            await page.Keyboard.PressAsync("1");
            await Expect(page.Locator($"[data-task='{id}']")).ToHaveCountAsync(0);
        }

        Assert.Empty(strangers);
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task History_ByKeys_ChangesAnAnswer()
    {
        await using var visit = await browser.OpenAsync();
        var page = visit.Page;
        await page.GotoAsync("/account");
        var project = await page.MakeProjectAsync("History", 2);
        await page.GotoAsync($"/projects/{project}/label");
        var id = await TaskAsync(page);
        await page.Keyboard.PressAsync("1");
        await Expect(page.GetByText("1 stored")).ToBeVisibleAsync();

        await page.Keyboard.PressAsync("h");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "What you answered" })).ToBeVisibleAsync();
        await Expect(page.GetByText("Number keys change the first nine.")).ToBeVisibleAsync();
        await page.KeepAsync("history-1440-light");
        await page.Keyboard.PressAsync("1");
        Assert.Equal(id, await TaskAsync(page));
        await page.KeepAsync("history-edit-1440-light");
        await page.Keyboard.PressAsync("7");
        await Expect(page.GetByText("Changed: B is better, strength 3")).ToBeVisibleAsync();

        var judgment = Assert.Single((await page.ApiAsync("GET", $"projects/{project}/own-judgments")).EnumerateArray());
        Assert.Equal((2, 1), (judgment.GetProperty("revision").GetInt32(), judgment.GetProperty("answer").GetProperty("better").GetInt32()));
        await page.GetByRole(AriaRole.Button, new() { Name = "Take back" }).ClickAsync();
        await Expect(page.GetByText("taken back", new() { Exact = true })).ToBeVisibleAsync();
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task BetterReply_AfterBothBad_FollowsTheStoredAnswer()
    {
        await using var visit = await browser.OpenAsync();
        var page = visit.Page;
        await page.GotoAsync("/account");
        var project = await page.MakeProjectAsync("Both bad", 2);
        await page.GotoAsync($"/projects/{project}/label");
        await TaskAsync(page);
        await page.Keyboard.PressAsync("0");
        await Expect(page.GetByText("1 stored")).ToBeVisibleAsync();

        await page.Keyboard.PressAsync("w");
        await Expect(page.GetByLabel("A better reply", new() { Exact = true }).Locator("textarea")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("Water it when the soil is dry.");
        await page.KeepAsync("label-offer-1440-light");
        await page.Keyboard.PressAsync("Control+Enter");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "A much better" })).ToBeVisibleAsync();

        var answer = Assert.Single((await page.ApiAsync("GET", $"projects/{project}/own-judgments")).EnumerateArray()).GetProperty("answer");
        Assert.True(answer.GetProperty("bothBad").GetBoolean());
        Assert.Equal("Water it when the soil is dry.", answer.GetProperty("betterReply").GetString());
        Assert.Empty(visit.Complaints);
    }

    [BrowserTheory]
    [InlineData(1440, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task Ranking_CardsMovedByKeyAndPointer_IsWhatIsStored(int width, ColorScheme colorScheme)
    {
        await using var visit = await browser.OpenAsync(width, colorScheme);
        var page = visit.Page;
        await page.GotoAsync("/account");
        var project = (await page.ApiAsync("POST", "projects", new { name = $"Cards {width}", settings = new { kinds = new[] { "ranking" } } })).GetProperty("id").GetString()!;
        await page.ApiAsync("POST", $"projects/{project}/prompts", new
        {
            messages = new[] { new { role = "user", content = "Show me a loop and a table." } },
            responses = new[] { "```csharp\n// all of them\nforeach (var leaf in plant) Console.WriteLine(\"leaf\");\n```", "| a | b |\n|---|---|\n| 1 | 2 |", "Three **words** here" },
        });
        await page.ApiAsync("POST", $"projects/{project}/tasks", new { kind = "ranking", rankedReplies = 3 });
        await page.GotoAsync($"/projects/{project}/label");
        await TaskAsync(page);
        await Expect(page.Locator(".code-keyword").First).ToBeVisibleAsync();
        await page.KeepAsync($"label-ranking-{width}-{colorScheme.ToString().ToLowerInvariant()}");

        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("nobody has changed it")).ToBeVisibleAsync();
        await page.Locator("[data-card='0']").FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.GetByText("So far: 2 > 1 > 3")).ToBeVisibleAsync();
        await page.Locator("[data-card='2'] b").ScrollIntoViewIfNeededAsync();
        var from = (await page.Locator("[data-card='2'] b").BoundingBoxAsync())!;
        var to = (await page.Locator("[data-card='1'] b").BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(from.X + 5, from.Y + 5);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(to.X + 5, to.Y - 10);
        await page.Mouse.UpAsync();
        await Expect(page.GetByText("So far: 3 > 2 > 1")).ToBeVisibleAsync();
        Assert.False(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"), "scrolls sideways");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("1 stored")).ToBeVisibleAsync();

        var ranks = Assert.Single((await page.ApiAsync("GET", $"projects/{project}/own-judgments")).EnumerateArray()).GetProperty("answer").GetProperty("ranks");
        Assert.Equal("[3,2,1]", JsonSerializer.Serialize(ranks));
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task Offline_WhileWriting_IsSaidAndNothingIsLost()
    {
        await using var visit = await browser.OpenAsync();
        var page = visit.Page;
        await page.GotoAsync("/account");
        var project = await page.MakeProjectAsync("Offline", 1, new { kinds = new[] { "comparison" }, comparison = new { rationale = "optional" } });
        await page.GotoAsync($"/projects/{project}/label");
        var id = await TaskAsync(page);

        await page.Context.SetOfflineAsync(true);
        await page.GetByLabel("Why? (optional)").PressSequentiallyAsync("Written without a net.");
        await Expect(page.GetByText("No connection to the site.")).ToBeVisibleAsync();
        await Expect(page.GetByText("Not at the site yet; kept in this browser")).ToBeVisibleAsync();
        await page.KeepAsync("label-offline-1440-light");
        await page.Context.SetOfflineAsync(false);

        await Expect(page.GetByText("Draft saved")).ToBeVisibleAsync();
        await Expect(page.GetByText("No connection to the site.")).ToBeHiddenAsync();
        var draft = (await page.ApiAsync("GET", $"projects/{project}/desk/{id}")).GetProperty("draft").GetProperty("content").GetString();
        Assert.Contains("Written without a net.", draft!, StringComparison.Ordinal);
    }

    // JSON carries no half of a surrogate pair.
    private static bool IsWhole(string text) => !text.EnumerateRunes().Any(rune => rune == System.Text.Rune.ReplacementChar);

    private static async Task<string> TaskAsync(IPage page)
    {
        await Expect(page.Locator("[data-task]")).ToBeVisibleAsync();
        return (await page.Locator("[data-task]").GetAttributeAsync("data-task"))!;
    }
}
