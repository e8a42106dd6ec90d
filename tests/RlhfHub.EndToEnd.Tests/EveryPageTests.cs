using Microsoft.Playwright;
using RlhfHub.Web.Tests;
using static Microsoft.Playwright.Assertions;

namespace RlhfHub.EndToEnd.Tests;

[Collection(BrowserTests.Name)]
public sealed class EveryPageTests(Browser browser)
{
    // A crash inside libtorch ends its whole process. It must never be the process that serves the raters' pages.
    [BrowserFact]
    public async Task EveryPage_RenderedByTheSite_MapsNoLibtorch()
    {
        await using var visit = await browser.OpenAsync();

        foreach (var address in SiteProcess.Pages)
        {
            await visit.Page.GotoAsync(address);
            await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        }

        if (!OperatingSystem.IsLinux()) return;   // only Linux shows the memory map of a process
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
