using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace RlhfHub.EndToEnd.Tests;

[Collection(BrowserTests.Name)]
public sealed class HomePageTests(Browser browser)
{
    [BrowserFact]
    public async Task HomePage_OnEveryScreen_ShowsTheInstallationInTheSystemsColours()
    {
        await using var visit = await browser.OpenAsync();
        var page = visit.Page;

        await page.GotoAsync("/");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        await Expect(page.Locator("#database")).ToContainTextAsync("Ready, with the schema");
        await Expect(page.Locator("#worker")).ToContainTextAsync("Found in the build's output");
        await page.CheckLooksAsync("home");
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task ThemeMenu_DarkChosen_IsRememberedUntilTheSystemIsAskedAgain()
    {
        await using var visit = await browser.OpenAsync();
        var page = visit.Page;
        await page.GotoAsync("/");

        await ChooseAsync(page, "Dark");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await page.ReloadAsync();
        await Expect(page.Locator("#worker")).ToBeVisibleAsync();
        Assert.True(await page.IsPaintedDarkAsync());

        await ChooseAsync(page, "As the system");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await Expect(page.Locator(".mud-appbar")).ToHaveCSSAsync("background-color", "rgb(28, 32, 36)");
        Assert.Empty(visit.Complaints);
    }

    private static async Task ChooseAsync(IPage page, string choice)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Light or dark" }).ClickAsync();
        await page.KeepAsync("theme-menu");
        await page.GetByRole(AriaRole.Menuitem, new() { Name = choice }).ClickAsync();
    }
}
