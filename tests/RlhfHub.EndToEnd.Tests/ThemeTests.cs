using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace RlhfHub.EndToEnd.Tests;

[Collection(BrowserTests.Name)]
public sealed class ThemeTests(Browser browser)
{
    [BrowserFact]
    public async Task HighContrast_ChosenOrAsTheSystem_IsBlackAndWhiteOnEveryKindOfPage()
    {
        await using var visit = await browser.OpenAsync();
        var page = visit.Page;
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Button, new() { Name = "Light or dark" }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "High contrast" }).ClickAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "contrast");
        await Expect(page.Locator(".mud-appbar")).ToHaveCSSAsync("color", "rgb(0, 0, 0)");
        await page.KeepAsync("home-1440-contrast");

        await page.GotoAsync("/account");
        await Expect(page.Locator("body")).ToHaveCSSAsync("color", "rgb(0, 0, 0)");
        await page.KeepAsync("account-1440-contrast");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await Expect(page.Locator("body")).ToHaveCSSAsync("background-color", "rgb(0, 0, 0)");
        await Expect(page.Locator("body")).ToHaveCSSAsync("color", "rgb(255, 255, 255)");

        await page.EvaluateAsync("localStorage.removeItem('rlhfhub.theme')");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light, Contrast = Contrast.More });
        await page.GotoAsync("/account");
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "contrast");
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task LanguageMenu_GermanChosen_LoadsThePageAnewInGerman()
    {
        await using var visit = await browser.OpenAsync();
        var page = visit.Page;
        await page.GotoAsync("/projects");

        await page.GetByRole(AriaRole.Button, new() { Name = "Language" }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Deutsch" }).ClickAsync();

        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "de");
        Assert.EndsWith("/projects", page.Url, StringComparison.Ordinal);
        await page.GotoAsync("/account");
        await page.GetByRole(AriaRole.Link, new() { Name = "English" }).ClickAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "en");
        Assert.Empty(visit.Complaints);
    }
}
