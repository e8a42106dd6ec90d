using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace RlhfHub.EndToEnd.Tests;

internal static class PageOpening
{
    /// <summary>Opens an address and waits until the page is no longer loading.</summary>
    public static async Task OpenAsync(this IPage page, string address)
    {
        await page.GotoAsync(address);
        await Expect(page.Locator("h1").First).ToBeVisibleAsync();
        await Expect(page.Locator(".mud-progress-linear:visible")).ToHaveCountAsync(0);
        if (address.EndsWith("/label", StringComparison.Ordinal)) await Expect(page.Locator("[data-task]")).ToBeVisibleAsync();
    }
}
