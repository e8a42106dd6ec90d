using Microsoft.Playwright;

namespace RlhfHub.EndToEnd.Tests;

/// <summary>Keeps pictures of what the tests saw, for people to look at, in the folder that RLHFHUB_SCREENSHOTS names.</summary>
internal static class Screenshots
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("RLHFHUB_SCREENSHOTS");

    public static async Task KeepAsync(this IPage page, string name)
    {
        if (Folder is not null) await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}.png"), FullPage = true, Animations = ScreenshotAnimations.Disabled });
    }
}
