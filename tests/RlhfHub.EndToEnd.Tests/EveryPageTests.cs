using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace RlhfHub.EndToEnd.Tests;

[Collection(BrowserTests.Name)]
public sealed class EveryPageTests(Browser browser)
{
    [BrowserFact]
    public async Task EveryPage_InTheThreeThemesByKeyboardAndOnNarrowScreens_HasNoFault()
    {
        var faults = await EveryPage.CheckAsync(browser, async page =>
        {
            await page.SetViewportSizeAsync(1440, 900);
            List<string> found = [.. await page.AxeFaultsInEachThemeAsync(), .. await page.HeadingFaultsAsync(), .. await page.FocusFaultsAsync()];
            return [.. found, .. await page.WidthFaultsAsync(390), .. await page.WidthFaultsAsync(320)];   // the last is 1280 pixels at 400 %
        });

        EveryPage.AssertNone(faults);
        if (!OperatingSystem.IsLinux()) return;   // only Linux shows the memory map of a process
        // A crash inside libtorch ends its whole process. It must never be the process that serves the raters' pages.
        Assert.Contains(browser.Site.MappedFiles(), file => file.Contains("sqlite", StringComparison.Ordinal));
        Assert.Empty(browser.Site.MappedTorchLibraries());
    }

    [BrowserTheory]
    [InlineData("/no/such/page", "not-found")]
    [InlineData("/error", "error")]
    public async Task PagesForTrouble_OnAPhoneInTheDark_AreReadable(string address, string name)
    {
        await using var visit = await browser.OpenAsync(width: 390, ColorScheme.Dark);

        await visit.Page.GotoAsync(address);

        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        await visit.Page.KeepAsync($"{name}-390-dark");
        Assert.True(await visit.Page.IsPaintedDarkAsync());
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Go to the home page" }).ClickAsync();
        await Expect(visit.Page.Locator("#worker")).ToBeVisibleAsync();
    }
}
