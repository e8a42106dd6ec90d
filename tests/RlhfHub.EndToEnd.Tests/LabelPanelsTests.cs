using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace RlhfHub.EndToEnd.Tests;

[Collection(BrowserTests.Name)]
public sealed class AxeTests(Browser browser)
{
    [BrowserFact]
    public async Task EveryPage_InTheThreeThemes_HasNoViolation()
    {
        await using var visit = await browser.OpenAsync();
        var page = visit.Page;
        var project = await browser.SampleAsync();
        List<string> faults = [];

        foreach (var address in PageAddresses.All(project))
        {
            await page.OpenAsync(address);
            faults.AddRange((await page.AxeFaultsInEachThemeAsync()).Concat(await page.HeadingFaultsAsync()).Select(fault => $"{address.Replace(project, "ID", StringComparison.Ordinal)}: {fault}"));
        }

        Assert.True(faults.Count == 0, $"{faults.Count} faults:\n{string.Join('\n', faults)}");
    }

    [BrowserFact]
    public async Task EveryPage_ByKeyboardAndOnNarrowScreens_ShowsFocusAndFits()
    {
        await using var visit = await browser.OpenAsync();
        var page = visit.Page;
        var project = await browser.SampleAsync();
        List<string> faults = [];

        foreach (var address in PageAddresses.All(project))
        {
            await page.SetViewportSizeAsync(1440, 900);
            await page.OpenAsync(address);
            Note(await page.FocusFaultsAsync());
            Note(await page.WidthFaultsAsync(390));
            Note(await page.WidthFaultsAsync(320));   // 1280 pixels at 400 %

            void Note(IEnumerable<string> found) => faults.AddRange(found.Select(fault => $"{address.Replace(project, "ID", StringComparison.Ordinal)}: {fault}"));
        }

        Assert.True(faults.Count == 0, $"{faults.Count} faults:\n{string.Join('\n', faults)}");
    }

    [BrowserFact]
    public async Task LabelPage_OfEachKind_HasNoViolationWithItsPanelsOpen()
    {
        await using var visit = await browser.OpenAsync();
        var page = visit.Page;
        await page.GotoAsync("/account");
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

        Assert.True(faults.Count == 0, $"{faults.Count} faults:\n{string.Join('\n', faults.Distinct())}");
    }
}
