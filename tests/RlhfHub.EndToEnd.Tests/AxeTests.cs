using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace RlhfHub.EndToEnd.Tests;

[Collection(BrowserTests.Name)]
public sealed class AxeTests(Browser browser)
{
    [BrowserTheory]
    [InlineData("light")]
    [InlineData("dark")]
    [InlineData("contrast")]
    public async Task EveryPage_InEachTheme_HasNoViolation(string theme)
    {
        await using var visit = await OpenInThemeAsync(theme);
        var page = visit.Page;
        var project = await browser.SampleAsync();
        List<string> faults = [];

        foreach (var address in PageAddresses.All(project))
        {
            await page.OpenAsync(address);
            Assert.StartsWith(theme, await page.EvaluateAsync<string>("document.documentElement.dataset.theme"), StringComparison.Ordinal);
            Note(await page.AxeFaultsAsync());
            Note(await page.HeadingFaultsAsync());

            void Note(IEnumerable<string> found) => faults.AddRange(found.Select(fault => $"{address.Replace(project, "ID", StringComparison.Ordinal)}: {fault}"));
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

    [BrowserTheory]
    [InlineData("light")]
    [InlineData("contrast")]
    public async Task LabelPage_OfEachKind_HasNoViolationWithItsPanelsOpen(string theme)
    {
        await using var visit = await OpenInThemeAsync(theme);
        var page = visit.Page;
        await page.GotoAsync("/account");
        List<string> faults = [];

        foreach (var kind in SampleSite.Kinds)
        {
            await page.OpenAsync($"/projects/{await SampleSite.MakeOfKindAsync(page, kind)}/label");
            await Expect(page.Locator("[data-task]")).ToBeVisibleAsync();
            Note(await page.AxeFaultsAsync());
            await page.Keyboard.PressAsync("Escape");   // out of a field that has the focus
            await page.Keyboard.PressAsync("?");
            await Expect(page.GetByRole(AriaRole.Complementary, new() { Name = "Keys" })).ToBeVisibleAsync();
            Note(await page.AxeFaultsAsync());
            await page.Keyboard.PressAsync("g");
            await Expect(page.GetByRole(AriaRole.Complementary, new() { Name = "Guidelines" })).ToBeVisibleAsync();
            Note(await page.AxeFaultsAsync());

            void Note(IEnumerable<string> found) => faults.AddRange(found.Select(fault => $"{kind}: {fault}"));
        }

        Assert.True(faults.Count == 0, $"{faults.Count} faults:\n{string.Join('\n', faults.Distinct())}");
    }

    private async Task<VisitedPage> OpenInThemeAsync(string theme)
    {
        var visit = await browser.OpenAsync();
        await visit.Page.AddInitScriptAsync($"localStorage.setItem('rlhfhub.theme', '{theme}')");
        return visit;
    }
}
