using Microsoft.Playwright;
using RlhfHub.Web.Tests;

namespace RlhfHub.EndToEnd.Tests;

/// <summary>The site as a process, and one Chromium to look at it. Both start once for all tests; without a Chromium neither does.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright? playwright;
    private IBrowser? chromium;
    private SiteProcess? site;
    private string? signedIn, sample;

    internal SiteProcess Site => site!;

    public async Task InitializeAsync()
    {
        if (Chromium.Path is null) return;
        site = await SiteProcess.StartAsync();
        playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(30_000);   // a busy machine is no failure
        chromium = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium.Path, Args = Chromium.Arguments });
    }

    /// <summary>A page in a fresh browser profile that looks at the site, signed in as its admin.</summary>
    internal async Task<VisitedPage> OpenAsync(int width = 1440, ColorScheme colorScheme = ColorScheme.Light)
    {
        signedIn ??= await SignInAsync();
        return await OpenAsync(Site, width, colorScheme, signedIn);
    }

    /// <summary>A page in a fresh browser profile that looks at a site and is signed in nowhere, unless <paramref name="state"/> holds cookies.</summary>
    internal async Task<VisitedPage> OpenAsync(SiteProcess looksAt, int width = 1440, ColorScheme colorScheme = ColorScheme.Light, string? state = null)
    {
        var context = await chromium!.NewContextAsync(new()
        {
            // Passkeys know names, not numbers; Chromium takes localhost for safe without HTTPS.
            BaseURL = looksAt.Address.ToString().Replace("127.0.0.1", "localhost", StringComparison.Ordinal),
            StorageState = state,
            ViewportSize = new() { Width = width, Height = 900 },
            ColorScheme = colorScheme,
            ReducedMotion = ReducedMotion.Reduce,
        });
        return new VisitedPage(await context.NewPageAsync());
    }

    /// <summary>The project in which something is everywhere; made once.</summary>
    internal async Task<string> SampleAsync()
    {
        if (sample is not null) return sample;
        await using var visit = await OpenAsync();
        await visit.Page.GotoAsync("/account");
        return sample = await SampleSite.MakeAsync(visit.Page, "Everyday questions");
    }

    /// <summary>The browser itself, for tests that crash pages or start sites of their own.</summary>
    internal IBrowser Program => chromium!;

    private async Task<string> SignInAsync()
    {
        await using var visit = await OpenAsync(Site);
        await visit.Page.GotoAsync("/account/sign-in?returnUrl=%2Faccount");
        await visit.Page.SignInAsync(SiteProcess.AdminEmail, SiteProcess.AdminPassword);
        return await visit.Page.Context.StorageStateAsync();
    }

    public async Task DisposeAsync()
    {
        if (chromium is not null) await chromium.DisposeAsync();
        playwright?.Dispose();
        if (site is not null) await site.DisposeAsync();
    }
}

/// <summary>Test classes in this collection share the site and the browser, and run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserTests : ICollectionFixture<Browser>
{
    public const string Name = "browser";
}

/// <summary>A page, and everything that its browser complained about (a blocked script, a missing file, an exception).</summary>
internal sealed class VisitedPage : IAsyncDisposable
{
    private readonly List<string> complaints = [];

    public VisitedPage(IPage page)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") Note($"{message.Text} ({message.Location})");
        };
        page.PageError += (_, error) => Note(error);
        page.RequestFailed += (_, request) => Note($"{request.Url}: {request.Failure}");
    }

    public IPage Page { get; }

    public IReadOnlyList<string> Complaints
    {
        get
        {
            lock (complaints) return [.. complaints];
        }
    }

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();

    private void Note(string complaint)
    {
        lock (complaints) complaints.Add(complaint);
    }
}
