using System.Text.Json;
using Microsoft.Playwright;
using RlhfHub.Web.Tests;
using static Microsoft.Playwright.Assertions;

namespace RlhfHub.EndToEnd.Tests;

/// <summary>From the empty site's set-up link to judgments of all six kinds, all of it on pages; the API is only asked what was stored.</summary>
[Collection(BrowserTests.Name)]
public sealed class JourneyTests(Browser browser)
{
    private const string Password = "seven quiet orange trains";

    private static readonly string[] Deeds = ["Compare two replies", "Write the ideal reply", "Rate a reply on scales", "Give labels", "Order several replies", "Talk with the current model"];

    [BrowserFact]
    public async Task EmptySite_UntilTwoRatersLabeledAllSixKinds_HasWhatWasPressed()
    {
        await using var site = await SiteProcess.StartAsync(new(SiteProcess.WithoutAdmin));
        await using var first = await browser.OpenAsync(site);
        var admin = first.Page;
        await admin.GotoAsync((await site.SetUpLink).PathAndQuery);
        await admin.MakeAccountAsync("eve@example.org", "Eve", Password, "Make the admin account");
        await Expect(admin.Locator("#worker")).ToBeVisibleAsync();
        var project = await MakeByWizardAsync(admin);
        string[] links = [await InviteAsync(admin, project), await InviteAsync(admin, project)];
        await ImportAsync(admin, project);
        await MakeTasksAsync(admin, project);
        var made = (await admin.ApiAsync("GET", $"projects/{project}/tasks/progress")).EnumerateArray().Where(kind => kind.GetProperty("open").GetInt32() > 0).ToList();
        Assert.Equal(6, made.Select(kind => kind.GetProperty("kind").GetString()).Distinct().Count());

        List<string> complaints = [];
        foreach (var (name, link) in new[] { ("Ben", links[0]), ("Ada", links[1]) })
        {
            await using var visit = await browser.OpenAsync(site);
            await visit.Page.GotoAsync(link);
            await visit.Page.MakeAccountAsync($"{name}@example.org", name, Password, "Make my account");
            await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Your projects");
            var pressed = await LabelAllAsync(visit.Page, project);
            var stored = (await visit.Page.ApiAsync("GET", $"projects/{project}/own-judgments")).EnumerateArray().ToDictionary(judgment => judgment.GetProperty("assignmentId").GetString()!, judgment => judgment.GetProperty("answer"));
            Assert.Equal(made.Sum(kind => kind.GetProperty("open").GetInt32()), stored.Count);
            Assert.Equal(pressed.Keys.Order(), stored.Keys.Order());
            foreach (var (id, keys) in pressed) Assert.True(IsWhatWasPressed(keys, stored[id]), $"{keys}: {stored[id]}");
            complaints.AddRange(visit.Complaints);
        }

        var after = (await admin.ApiAsync("GET", $"projects/{project}/tasks/progress")).EnumerateArray().ToList();
        Assert.All(after, kind => Assert.Equal(kind.GetProperty("required").GetInt32(), kind.GetProperty("counted").GetInt32()));
        Assert.Empty(complaints);
        Assert.Empty(first.Complaints);
    }

    private static async Task<string> MakeByWizardAsync(IPage page)
    {
        await page.GotoAsync("/projects/new");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Plants");
        foreach (var deed in Deeds) await page.GetByLabel(deed).SetCheckedAsync(true);
        await page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await page.Locator("#labels").FillAsync("helpful\noff topic");
        await page.Locator("#overlap").FillAsync("2");
        await page.Locator("#overlap").PressAsync("Tab");
        await page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the project" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "Plants" })).ToBeVisibleAsync();
        return new Uri(page.Url).Segments[2].TrimEnd('/');
    }

    private static async Task<string> InviteAsync(IPage page, string project)
    {
        await page.GotoAsync($"/projects/{project}/members");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make an invitation" }).ClickAsync();
        return await page.Locator("#new-link").InnerTextAsync();
    }

    private static async Task ImportAsync(IPage page, string project)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllLinesAsync(folder["replies.jsonl"],
        [
            """{"prompt": "What colour is the sun?", "responses": ["Yellow, seen from here.", "It is white; the air makes it yellow.", "Red."], "ranking": [2, 1, 3]}""",
            """{"prompt": "Which sound do you hear from a goose?", "responses": ["It honks.", "None.", "It barks."], "ranking": [1, 3, 2]}""",
        ]);
        await page.GotoAsync($"/projects/{project}/import");
        await page.GetByLabel("File").SetInputFilesAsync(folder["replies.jsonl"]);
        await Expect(page.GetByText("2 good records in the whole file.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Take it into the project" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "done", Exact = true })).ToBeVisibleAsync();
    }

    private static async Task MakeTasksAsync(IPage page, string project)
    {
        foreach (var kind in new[] { "Comparison", "Demonstration", "Rating", "Classification", "Ranking", "Chat" })
        {
            await page.GotoAsync($"/projects/{project}/tasks");
            await page.GetByLabel("What is asked").SelectOptionAsync(kind);
            if (kind == "Ranking") await page.GetByLabel("Replies to order").FillAsync("3");
            await page.GetByLabel("At most").FillAsync("1");
            await page.GetByLabel("At most").PressAsync("Tab");
            await page.GetByRole(AriaRole.Button, new() { Name = "Make the tasks" }).ClickAsync();
            await Expect(page.GetByText("made.")).ToBeVisibleAsync();
        }
    }

    private static async Task<Dictionary<string, string>> LabelAllAsync(IPage page, string project)
    {
        Dictionary<string, string> pressed = [];
        await page.GotoAsync($"/projects/{project}/label");
        var end = page.GetByRole(AriaRole.Heading, new() { Name = "Nothing waits for you now" });
        while (true)
        {
            await Expect(page.Locator("[data-task]").Or(end)).ToBeVisibleAsync();
            if (await end.IsVisibleAsync()) return pressed;
            var id = (await page.Locator("[data-task]").GetAttributeAsync("data-task"))!;
            var kind = (await page.ApiAsync("GET", $"projects/{project}/desk/{id}")).GetProperty("kind").GetString()!;
            pressed[id] = KeysOf(kind);
            if (kind == "chat") await Expect(page.GetByRole(AriaRole.Button, new() { Name = "A much better" })).ToBeVisibleAsync();   // both replies are there
            await page.PressAllAsync(pressed[id]);
            await Expect(page.Locator($"[data-task='{id}']")).ToHaveCountAsync(0);
        }
    }

    private static string KeysOf(string kind) => kind switch
    {
        "comparison" => "2",
        "demonstration" => "text:Because. Control+Enter",
        "rating" => "4 2 5 Enter",
        "classification" => "2",
        "ranking" => "3 1 2 Enter",
        _ => "7 text: Escape f",
    };

    private static bool IsWhatWasPressed(string keys, JsonElement answer) => answer.GetProperty("kind").GetString() switch
    {
        "comparison" => keys == "2" && answer.GetProperty("better").GetInt32() == 0 && answer.GetProperty("strength").GetInt32() == 2,
        "demonstration" => answer.GetProperty("text").GetString() == "Because.",
        "rating" => string.Join(' ', answer.GetProperty("points").EnumerateObject().Select(point => point.Value.GetInt32()).Order()) == "2 4 5",
        "classification" => answer.GetProperty("labels")[0].GetString() == "off topic",
        "ranking" => string.Join(' ', answer.GetProperty("ranks").EnumerateArray().Select(rank => rank.GetInt32())) == "2 3 1",
        _ => answer.GetProperty("turns").EnumerateArray().Single().GetProperty("strength").GetInt32() == 3,
    };
}
