using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace RlhfHub.EndToEnd.Tests;

[Collection(BrowserTests.Name)]
public sealed class ReviewTests(Browser browser)
{
    private const string Password = "seven quiet orange trains";

    [BrowserFact]
    public async Task Reviewer_ByKeyboardAlone_AcceptsFixesRejectsAndSettles()
    {
        await using var first = await browser.OpenAsync();
        var admin = first.Page;
        await admin.GotoAsync("/account");
        var project = await admin.MakeProjectAsync("Reviewed", 3, new { kinds = new[] { "comparison" }, overlap = 2, showsGoldAgreement = true });
        List<VisitedPage> raters = [await JoinAsync(admin, project, "reviewed-ben"), await JoinAsync(admin, project, "reviewed-cem")];
        foreach (var (rater, index) in raters.Select((rater, index) => (rater, index)))
            for (var task = 0; task < 3; task++) await AnswerAsync(rater.Page, project, "Reply one", strength: 1, better: task == 0 && index == 1 ? "Reply two" : "Reply one");

        await admin.GotoAsync("/");
        var card = admin.GetByRole(AriaRole.Article, new() { Name = "Reviewed" });
        await Expect(card.GetByText("6 submissions to review")).ToBeVisibleAsync();
        await Expect(card.GetByText("1 disagreement to settle")).ToBeVisibleAsync();
        await admin.KeepAsync("home-admin-1440-light");
        await admin.GotoAsync($"/projects/{project}/review");
        var shown = await ShownAsync(admin);
        await admin.KeepAsync("review-1440-light");
        await admin.Keyboard.PressAsync("?");
        await Expect(admin.GetByRole(AriaRole.Complementary, new() { Name = "Keys" })).ToBeVisibleAsync();
        await admin.Keyboard.PressAsync("?");

        await admin.Keyboard.PressAsync("a");
        await Expect(admin.GetByText("Accepted.")).ToBeVisibleAsync();
        Assert.Equal("approved", (await JudgmentAsync(admin, project, shown)).GetProperty("judgment").GetProperty("review").GetString());

        shown = await ShownAsync(admin, not: shown);
        await admin.Keyboard.PressAsync("f");
        await Expect(admin.Locator("[data-review] [data-task]")).ToBeVisibleAsync();
        await admin.Keyboard.PressAsync("4");
        await Expect(admin.GetByText("Fixed.")).ToBeVisibleAsync();
        var fixedOne = await JudgmentAsync(admin, project, shown);
        Assert.Equal("fixed", fixedOne.GetProperty("judgment").GetProperty("review").GetString());
        Assert.Equal(JsonValueKind.Null, fixedOne.GetProperty("revisions")[1].GetProperty("answer").GetProperty("better").ValueKind);

        shown = await ShownAsync(admin, not: shown);
        await admin.Keyboard.PressAsync("r");
        await Expect(admin.GetByLabel("What should the rater do better?")).ToBeFocusedAsync();
        await admin.Keyboard.TypeAsync("Read both replies to the end.");
        await admin.KeepAsync("review-reject-1440-light");
        await admin.Keyboard.PressAsync("Control+Enter");
        await Expect(admin.GetByText("Sent back to the rater.")).ToBeVisibleAsync();
        Assert.Equal("rejected", (await JudgmentAsync(admin, project, shown)).GetProperty("judgment").GetProperty("review").GetString());

        shown = await ShownAsync(admin, not: shown);
        await admin.Keyboard.PressAsync("j");
        var later = await ShownAsync(admin, not: shown);
        await admin.Keyboard.PressAsync("k");
        Assert.Equal(shown, await ShownAsync(admin, not: later));

        foreach (var rater in raters)
        {
            await rater.Page.GotoAsync($"/projects/{project}/mine");
            await Expect(rater.Page.Locator("#answers")).ToBeVisibleAsync();
            Assert.Empty(rater.Complaints);
        }
        await raters[0].Page.KeepAsync("mine-1440-light");
        foreach (var rater in raters) await rater.DisposeAsync();
        Assert.Empty(first.Complaints);
    }

    [BrowserFact]
    public async Task Disagreement_ByOneKey_IsSettled()
    {
        await using var first = await browser.OpenAsync();
        var admin = first.Page;
        await admin.GotoAsync("/account");
        var project = await admin.MakeProjectAsync("Disputed", 1, new { kinds = new[] { "comparison" }, overlap = 2 });
        await using var ben = await JoinAsync(admin, project, "disputed-ben");
        await using var cem = await JoinAsync(admin, project, "disputed-cem");
        await AnswerAsync(ben.Page, project, "Reply one", 1, "Reply one");
        await AnswerAsync(cem.Page, project, "Reply one", 1, "Reply two");

        await admin.GotoAsync($"/projects/{project}/review?disagreements=true");
        await ShownAsync(admin);
        await admin.KeepAsync("review-disagreement-1440-light");
        await admin.Keyboard.PressAsync("1");
        await Expect(admin.GetByText("Settled.")).ToBeVisibleAsync();

        await Expect(admin.GetByRole(AriaRole.Heading, new() { Name = "No raters disagree" })).ToBeVisibleAsync();
        await admin.KeepAsync("review-empty-1440-light");
        var settled = (await admin.ApiAsync("GET", $"projects/{project}/judgments?review=Adjudicated")).GetProperty("items");
        Assert.Equal("settling", Assert.Single(settled.EnumerateArray()).GetProperty("standing").GetString());
        Assert.Empty(first.Complaints);
    }

    private async Task<VisitedPage> JoinAsync(IPage admin, string project, string name)
    {
        var secret = (await admin.ApiAsync("POST", $"projects/{project}/invitations", new { role = "rater" })).GetProperty("secret").GetString()!;
        var visit = await browser.OpenAsync(browser.Site);
        await visit.Page.GotoAsync($"/account/invitation?token={secret}");
        await visit.Page.MakeAccountAsync($"{name}@example.org", name, Password, "Make my account");
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Your projects" })).ToBeVisibleAsync();
        return visit;
    }

    // Raters work through the API here; that they can by page is tested elsewhere.
    private static async Task AnswerAsync(IPage rater, string project, string first, int strength, string better)
    {
        var task = (await rater.ApiAsync("POST", $"projects/{project}/desk/next", new { })).GetProperty("task");
        var firstIsShownFirst = task.GetProperty("replies")[0].GetString()!.StartsWith(first, StringComparison.Ordinal);
        var answer = new { kind = "comparison", better = (better == first) == firstIsShownFirst ? 0 : 1, strength };
        await rater.ApiAsync("POST", $"projects/{project}/desk/{task.GetProperty("assignmentId").GetString()}/submission", new { answer, clientKey = Guid.NewGuid().ToString("N"), activeMilliseconds = 30_000 });
    }

    private static async Task<string> ShownAsync(IPage page, string? not = null)
    {
        var shown = page.Locator(not is null ? "[data-review]" : $"[data-review]:not([data-review='{not}'])");
        await Expect(shown).ToBeVisibleAsync();
        return (await shown.GetAttributeAsync("data-review"))!;
    }

    private static Task<JsonElement> JudgmentAsync(IPage page, string project, string judgment) => page.ApiAsync("GET", $"projects/{project}/judgments/{judgment}");
}
