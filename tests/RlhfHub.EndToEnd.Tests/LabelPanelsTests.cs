using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace RlhfHub.EndToEnd.Tests;

[Collection(BrowserTests.Name)]
public sealed class LabelPanelsTests(Browser browser)
{
    [BrowserFact]
    public async Task LabelPage_OfEachKind_HasNoViolationWithItsPanelsOpen()
    {
        await using var visit = await browser.OpenAsync();
        var page = visit.Page;
        List<string> faults = [];

        foreach (var kind in SampleSite.Kinds)
        {
            await page.GotoAsync("/account");
            await page.OpenAsync($"/projects/{await SampleSite.MakeOfKindAsync(page, kind)}/label");
            await page.Keyboard.PressAsync("Escape");   // out of a field that has the focus
            await page.Keyboard.PressAsync("?");
            await Expect(page.GetByRole(AriaRole.Complementary, new() { Name = "Keys" })).ToBeVisibleAsync();
            Note(await page.AxeFaultsInEachThemeAsync());
            await page.Keyboard.PressAsync("g");
            await Expect(page.GetByRole(AriaRole.Complementary, new() { Name = "Guidelines" })).ToBeVisibleAsync();
            Note(await page.AxeFaultsAsync());

            void Note(IEnumerable<string> found) => faults.AddRange(found.Select(fault => $"{kind}: {fault}"));
        }

        EveryPage.AssertNone([.. faults.Distinct()]);
    }
}
