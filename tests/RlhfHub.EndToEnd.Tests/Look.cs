using Microsoft.Playwright;

namespace RlhfHub.EndToEnd.Tests;

/// <summary>A screen and a theme in which pages are looked at.</summary>
internal sealed record Look(int Width, ColorScheme Scheme)
{
    public static IReadOnlyList<Look> All { get; } = [.. new[] { 1440, 1024, 390 }.SelectMany(width => new[] { new Look(width, ColorScheme.Light), new Look(width, ColorScheme.Dark) })];

    public string Theme => Scheme == ColorScheme.Dark ? "dark" : "light";

    public override string ToString() => $"{Width}-{Theme}";
}

internal static class Looks
{
    /// <summary>Looks at an open page on every screen in both themes: it must be painted in the system's colours and must not scroll sideways.</summary>
    public static async Task CheckLooksAsync(this IPage page, string name)
    {
        foreach (var look in Look.All)
        {
            await page.EmulateMediaAsync(new() { ColorScheme = look.Scheme });
            var faults = await page.WidthFaultsAsync(look.Width);
            await page.WaitForThemeAsync(look.Theme);
            await page.KeepAsync($"{name}-{look}");
            Assert.Equal(look.Scheme == ColorScheme.Dark, await page.IsPaintedDarkAsync());
            Assert.True(!faults.Any(), $"{name} {string.Join('\n', faults)}");
        }
        await page.SetViewportSizeAsync(1440, 900);
    }

    public static Task<bool> IsPaintedDarkAsync(this IPage page) =>
        page.EvaluateAsync<bool>("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).every(part => Number(part) < 64)");
}
