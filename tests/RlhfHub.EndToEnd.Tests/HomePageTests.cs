using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace RlhfHub.EndToEnd.Tests;

[Collection(BrowserTests.Name)]
public sealed class HomePageTests(Browser browser)
{
    [BrowserTheory]
    [InlineData(1440, ColorScheme.Light)]
    [InlineData(1440, ColorScheme.Dark)]
    [InlineData(1024, ColorScheme.Light)]
    [InlineData(1024, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task HomePage_AtEveryWidth_ShowsTheInstallationInTheSystemsColours(int width, ColorScheme colorScheme)
    {
        await using var visit = await browser.OpenAsync(width, colorScheme);
        var page = visit.Page;

        await page.GotoAsync("/");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        await Expect(page.Locator("#database")).ToContainTextAsync("Ready, with the schema");
        await Expect(page.Locator("#worker")).ToContainTextAsync("Found in the build's output");
        await page.KeepAsync($"home-{width}-{colorScheme.ToString().ToLowerInvariant()}");
        Assert.Equal(colorScheme == ColorScheme.Dark, await page.IsPaintedDarkAsync());
        Assert.False(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"), "the page scrolls sideways");
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

internal static class Painting
{
    public static Task<bool> IsPaintedDarkAsync(this IPage page) =>
        page.EvaluateAsync<bool>("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).every(part => Number(part) < 64)");
}
