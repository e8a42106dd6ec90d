using System.CommandLine;
using Microsoft.Playwright;
using RlhfHub.EndToEnd.Tests;
using RlhfHub.Web.Tests;
using static Microsoft.Playwright.Assertions;

namespace RlhfHub.Bench;

/// <summary><c>screenshots</c>: pictures of the main pages with sample data, for the documentation.</summary>
internal static class ScreenshotsCommand
{
    private const int MostBytes = 150_000;

    // One line a page: its name, its address, and the looks in which it is kept.
    private static readonly (string Name, string Address, string[] Looks)[] Pages =
    [
        ("home", "/", ["1440-light", "390-dark"]),
        ("label", "/projects/{0}/label", ["1440-light", "1440-dark", "390-light", "390-dark"]),
        ("review", "/projects/{0}/review", ["1440-light", "390-light"]),
        ("prompts", "/projects/{0}/prompts", ["1440-light", "390-dark"]),
        ("import", "/projects/{0}/import", ["1440-dark"]),
        ("tasks", "/projects/{0}/tasks", ["1440-light"]),
        ("datasets", "/projects/{0}/datasets", ["1440-light"]),
        ("models", "/projects/{0}/models", ["1440-dark"]),
        ("members", "/projects/{0}/members", ["1440-light"]),
        ("mine", "/projects/{0}/mine", ["390-light"]),
        ("settings", "/projects/{0}/settings", ["1440-light"]),
    ];

    public static Command Create()
    {
        var output = new Option<string>("--output") { Description = "The folder.", DefaultValueFactory = _ => Path.Combine(Repository.Root, "docs", "screenshots") };
        var command = new Command("screenshots", "Pictures of the main pages of a site with sample data, in a real browser, for the documentation.") { output };
        command.SetAction(async (parsed, _) => await RunAsync(parsed.GetValue(output)!));
        return command;
    }

    private static async Task<int> RunAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        await using var site = await SiteProcess.StartAsync();
        using var playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(30_000);
        await using var chromium = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium.Path, Args = Chromium.Arguments });
        await using var first = await chromium.NewContextAsync(new() { BaseURL = site.Address.ToString() });
        var admin = await first.NewPageAsync();
        await admin.GotoAsync("/account/sign-in?returnUrl=%2Faccount");
        await admin.SignInAsync(SiteProcess.AdminEmail, SiteProcess.AdminPassword);
        await admin.GotoAsync("/account");
        var project = await SampleSite.MakeAsync(admin, "Everyday questions");
        var cookies = await first.StorageStateAsync();
        foreach (var look in Pages.SelectMany(page => page.Looks).Distinct())
        {
            var (width, theme) = (int.Parse(look.Split('-')[0], System.Globalization.CultureInfo.InvariantCulture), look.Split('-')[1]);
            await using var context = await chromium.NewContextAsync(new()
            {
                BaseURL = site.Address.ToString(),
                StorageState = cookies,
                ViewportSize = new() { Width = width, Height = width == 390 ? 844 : 900 },
                ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light,
                ReducedMotion = ReducedMotion.Reduce,
            });
            var page = await context.NewPageAsync();
            foreach (var (name, address, _) in Pages.Where(page => page.Looks.Contains(look)))
            {
                await page.OpenAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, address, project));
                if (name == "label") await Expect(page.Locator("[data-task]")).ToBeVisibleAsync();
                var picture = await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{look}.png"), Animations = ScreenshotAnimations.Disabled });
                Console.WriteLine($"{name}-{look}.png: {picture.Length / 1000} KB{(picture.Length > MostBytes ? " (large for a repository)" : "")}");
            }
        }
        return 0;
    }
}
