using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace RlhfHub.EndToEnd.Tests;

[Collection(BrowserTests.Name)]
public sealed class LabelingTests(Browser browser)
{
    private const string Password = "seven quiet orange trains";

    [BrowserFact]
    public async Task Rater_ByKeyboardAlone_StoresExactlyWhatWasPressed()
    {
        await using var first = await browser.OpenAsync();
        var admin = first.Page;
        await admin.GotoAsync("/projects/new");
        var project = await MakeByWizardAsync(admin);
        await admin.AddComparisonsAsync(project, 5);
        var link = await InviteAsync(admin);

        await using var second = await browser.OpenAsync(browser.Site);
        var rater = second.Page;
        await rater.GotoAsync(link);
        await rater.MakeAccountAsync("keys@example.org", "Ben", Password, "Make my account");
        await Expect(rater.GetByText("5 comparisons wait")).ToBeVisibleAsync();
        await Expect(rater.GetByRole(AriaRole.Link, new() { Name = "Settings" })).ToHaveCountAsync(0);
        await rater.KeepAsync("home-rater-1440-light");
        await rater.GetByRole(AriaRole.Link, new() { Name = "Label" }).FocusAsync();
        await rater.Keyboard.PressAsync("Enter");

        Dictionary<string, string> pressed = [];
        foreach (var key in new[] { "1", "4", "6", "0", "s" })
        {
            var id = await TaskAsync(rater);
            pressed[id] = key;
            await rater.Keyboard.PressAsync(key);
            await Expect(rater.Locator($"[data-task='{id}']")).ToHaveCountAsync(0);
        }
        await Expect(rater.GetByRole(AriaRole.Heading, new() { Name = "Nothing waits for you now" })).ToBeVisibleAsync();
        await rater.KeepAsync("label-empty-1440-light");
        await Expect(rater.GetByText("5 stored")).ToBeVisibleAsync();

        var stored = (await rater.ApiAsync("GET", $"projects/{project}/own-judgments")).EnumerateArray().ToDictionary(judgment => judgment.GetProperty("assignmentId").GetString()!, judgment => judgment.GetProperty("answer"));
        Assert.Equal(5, stored.Count);
        foreach (var (id, key) in pressed) Assert.Equal(Expected(key), Describe(stored[id]));
        Assert.Empty(first.Complaints);
        Assert.Empty(second.Complaints);
    }

    [BrowserFact]
    public async Task Undo_AfterAnAnswer_BringsTheTaskBackWithoutIt()
    {
        await using var visit = await browser.OpenAsync();
        var page = visit.Page;
        await page.GotoAsync("/account");
        var project = await page.MakeProjectAsync("Undo", 2);
        await page.GotoAsync($"/projects/{project}/label");
        var id = await TaskAsync(page);
        await page.Keyboard.PressAsync("7");
        await Expect(page.GetByText("1 stored")).ToBeVisibleAsync();
        Assert.NotEqual(id, await TaskAsync(page));

        await page.Keyboard.PressAsync("u");

        await Expect(page.Locator($"[data-task='{id}']")).ToBeVisibleAsync();
        Assert.Equal("withdrawn", Assert.Single((await page.ApiAsync("GET", $"projects/{project}/own-judgments")).EnumerateArray()).GetProperty("standing").GetString());
        await page.Keyboard.PressAsync("1");
        await Expect(page.GetByText("1 stored")).ToBeVisibleAsync();
        var judgment = Assert.Single((await page.ApiAsync("GET", $"projects/{project}/own-judgments")).EnumerateArray());
        Assert.Equal("A3", Describe(judgment.GetProperty("answer")));
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task Draft_PageReloaded_IsStillThereAndAtTheSite()
    {
        await using var visit = await browser.OpenAsync();
        var page = visit.Page;
        await page.GotoAsync("/account");
        var project = await page.MakeProjectAsync("Drafts", 1, new { kinds = new[] { "comparison" }, comparison = new { rationale = "optional" } });
        await page.GotoAsync($"/projects/{project}/label");
        var id = await TaskAsync(page);
        await page.GetByLabel("Why? (optional)").PressSequentiallyAsync("The first is true; keys 1 and 7 are text here.");
        await Expect(page.GetByText("Draft saved")).ToBeVisibleAsync();
        var draft = (await page.ApiAsync("GET", $"projects/{project}/desk/{id}")).GetProperty("draft").GetProperty("content").GetString();
        Assert.Equal("The first is true; keys 1 and 7 are text here.", JsonDocument.Parse(draft!).RootElement.GetProperty("rationale").GetString());

        await page.ReloadAsync();
        await Expect(page.GetByLabel("Why? (optional)")).ToHaveValueAsync("The first is true; keys 1 and 7 are text here.");
        await page.GetByLabel("Why? (optional)").FocusAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("2");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Nothing waits for you now" })).ToBeVisibleAsync();
        var answer = Assert.Single((await page.ApiAsync("GET", $"projects/{project}/own-judgments")).EnumerateArray()).GetProperty("answer");
        Assert.Equal("The first is true; keys 1 and 7 are text here.", answer.GetProperty("rationale").GetString());
        Assert.Null(await page.EvaluateAsync<string?>($"localStorage.getItem('rlhfhub.draft.{id}')"));
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task ProjectPages_OnEveryScreen_Fit()
    {
        await using var visit = await browser.OpenAsync();
        var page = visit.Page;
        await page.GotoAsync("/account");
        var longText = string.Join("\n\n", Enumerable.Repeat("A long paragraph that goes on about soil, light and water, because whoever wrote it was paid by the word and had a deadline.", 12));
        var project = await page.MakeProjectAsync("Looks", 3, new { kinds = new[] { "comparison", "rating", "demonstration", "ranking" } }, longText);
        await page.ApiAsync("PUT", $"projects/{project}/guidelines", new { seen = 0, markdown = "## What is good\n\n- **Right** before helpful\n- [A link](https://example.org)\n\n<script>alert(1)</script>" });

        foreach (var (address, ready, name) in new[]
        {
            ("/", "Your projects", "home-projects"), ("/projects", "Projects", "projects"), ("/projects/new", "New project", "new-project"), ($"/projects/{project}/settings", "Looks", "settings"),
            ($"/projects/{project}/members", "Looks", "members"), ($"/projects/{project}/guidelines", "Looks", "guidelines"), ($"/projects/{project}/label", "Looks", "label"),
            ($"/projects/{Guid.Empty}/label", null, "label-stranger"),
        })
        {
            await page.GotoAsync(address);
            if (ready is not null) await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = ready })).ToBeVisibleAsync();
            else await Expect(page.GetByText("There is no project")).ToBeVisibleAsync();
            if (address == "/") await Expect(page.Locator("#worker")).ToBeVisibleAsync();
            if (name == "label") await TaskAsync(page);
            if (ready is not null) await Expect(page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
            await page.CheckLooksAsync(name);
            if (name != "label") continue;
            await page.Keyboard.PressAsync("e");
            await page.Keyboard.PressAsync("?");
            await Expect(page.GetByRole(AriaRole.Complementary, new() { Name = "Keys" })).ToBeVisibleAsync();
            await page.CheckLooksAsync("label-keys");
            await page.Keyboard.PressAsync("g");
            await Expect(page.GetByRole(AriaRole.Complementary, new() { Name = "Guidelines" })).ToContainTextAsync("Right before helpful");
            await page.CheckLooksAsync("label-guidelines");
        }
        Assert.Empty(visit.Complaints);
    }

    private static async Task<string> MakeByWizardAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await Expect(page.GetByText("Give the project a name.")).ToBeVisibleAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Plants");
        await page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await page.GetByLabel("How much better can a reply be?").SelectOptionAsync("3");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "A much better" })).ToBeVisibleAsync();
        await page.KeepAsync("wizard-asking-1440-light");
        await page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "What raters read" })).ToBeVisibleAsync();
        await page.KeepAsync("wizard-guidelines-1440-light");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the project" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "Plants" })).ToBeVisibleAsync();
        return new Uri(page.Url).Segments[2].TrimEnd('/');
    }

    private static async Task<string> InviteAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Make an invitation" }).ClickAsync();
        return await page.Locator("#new-link").InnerTextAsync();
    }

    private static async Task<string> TaskAsync(IPage page)
    {
        await Expect(page.Locator("[data-task]")).ToBeVisibleAsync();
        return (await page.Locator("[data-task]").GetAttributeAsync("data-task"))!;
    }

    private static string Expected(string key) => key switch
    {
        "1" => "A3",
        "4" => "tie",
        "6" => "B2",
        "0" => "both bad",
        _ => "cannot judge",
    };

    private static string Describe(JsonElement answer)
    {
        if (answer.GetProperty("cannotJudge").GetBoolean()) return "cannot judge";
        if (answer.GetProperty("bothBad").GetBoolean()) return "both bad";
        return answer.GetProperty("better").ValueKind == JsonValueKind.Null ? "tie" : $"{"AB"[answer.GetProperty("better").GetInt32()]}{answer.GetProperty("strength").GetInt32()}";
    }
}
