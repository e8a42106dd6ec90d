using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;
using RlhfHub.Web.Tests;
using static Microsoft.Playwright.Assertions;

namespace RlhfHub.EndToEnd.Tests;

/// <summary>What ends the writing of a text.</summary>
internal enum Interruption
{
    /// <summary>The tab's process dies.</summary>
    Crash,

    Refresh,

    /// <summary>The site is killed and started again on the same folder and port; the writer goes on meanwhile.</summary>
    ServerKill,

    /// <summary>The network is gone while the writer goes on, and comes back.</summary>
    Offline,

    /// <summary>The tab dies, and the text is looked for on another device.</summary>
    Elsewhere,
}

/// <summary>One trial: how much of the typing was not there afterwards, in seconds of typing.</summary>
internal sealed record DraftTrial(Interruption Interruption, int Typed, int Kept, double SecondsLost)
{
    public const double MostSeconds = 2;

    public bool IsGood => SecondsLost <= MostSeconds;

    public override string ToString() => $"{Interruption}: {Kept} of {Typed} characters kept, {SecondsLost:0.00} s of typing lost";
}

/// <summary>Types demonstrations in a real browser as fast as people do, interrupts the writing in every way, and says what is missing afterwards.</summary>
internal sealed class DraftTrials : IAsyncDisposable
{
    private readonly IBrowser chromium;
    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<string, string> environment;
    private readonly Random random;
    private SiteProcess? site;
    private string? cookies;

    private DraftTrials(IBrowser chromium, int seed)
    {
        (this.chromium, random) = (chromium, new Random(seed));
        environment = new() { ["RLHFHUB_DATA"] = folder["hub"], ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{FreePort()}" };
    }

    private string Address => environment["ASPNETCORE_URLS"].Replace("127.0.0.1", "localhost", StringComparison.Ordinal);

    public static async Task<IReadOnlyList<DraftTrial>> RunAsync(IBrowser chromium, int trials, int seed, Action<string> say)
    {
        await using var all = new DraftTrials(chromium, seed);
        all.site = await SiteProcess.StartAsync(all.environment);
        List<DraftTrial> done = [];
        var sorts = Enum.GetValues<Interruption>();
        for (var index = 0; index < trials; index++)
        {
            done.Add(await all.TryAsync(sorts[index % sorts.Length]));
            say($"{index + 1}. {done[^1]}");
        }
        return done;
    }

    public async ValueTask DisposeAsync()
    {
        if (site is not null) await site.DisposeAsync();
        folder.Dispose();
    }

    private async Task<DraftTrial> TryAsync(Interruption interruption)
    {
        await using var context = await OpenAsync();
        var page = await context.NewPageAsync();
        if (cookies is null)
        {
            await page.GotoAsync("/account/sign-in?returnUrl=%2Faccount");
            await page.SignInAsync(SiteProcess.AdminEmail, SiteProcess.AdminPassword);
            cookies = await context.StorageStateAsync();
        }
        await page.GotoAsync("/account");
        var address = $"/projects/{await SampleSite.MakeOfKindAsync(page, "demonstration")}/label";
        await page.GotoAsync(address);
        await Expect(Field(page)).ToBeFocusedAsync();
        var typing = new Typing(page, random);
        // Not always at the same moment of what the page does every so often.
        await typing.GoOnAsync(TimeSpan.FromSeconds(2.5 + random.NextDouble() * 2.5));

        switch (interruption)
        {
            case Interruption.Refresh:
                await page.ReloadAsync();
                break;
            case Interruption.Crash:
                page = await CrashAsync(page, context, address);
                break;
            case Interruption.ServerKill:
                await site!.DisposeAsync();
                await typing.GoOnAsync(TimeSpan.FromSeconds(1.5));
                site = await SiteProcess.StartAsync(environment);
                await page.ReloadAsync();
                break;
            case Interruption.Offline:
                await context.SetOfflineAsync(true);
                await typing.GoOnAsync(TimeSpan.FromSeconds(3));
                await context.SetOfflineAsync(false);
                await page.ReloadAsync();
                break;
            default:
                await using (var other = await OpenAsync())
                {
                    var second = await CrashAsync(page, other, address);
                    return await LookAsync(second, interruption, typing);
                }
        }
        return await LookAsync(page, interruption, typing);
    }

    private static async Task<DraftTrial> LookAsync(IPage page, Interruption interruption, Typing typing)
    {
        await Expect(page.Locator("[data-task]")).ToBeVisibleAsync();
        // The circuit puts the site's text into the field, then the script what only this browser has, and then the focus: what is there now is what the writer finds.
        await Expect(Field(page)).ToBeFocusedAsync();
        var kept = await Field(page).InputValueAsync();
        return new(interruption, typing.Text.Length, kept.Length, typing.SecondsMissing(kept));
    }

    private static async Task<IPage> CrashAsync(IPage page, IBrowserContext next, string address)
    {
        var crashed = new TaskCompletionSource();
        page.Crash += (_, _) => crashed.TrySetResult();
        var devtools = await page.Context.NewCDPSessionAsync(page);
        _ = devtools.SendAsync("Page.crash").ContinueWith(task => task.Exception, TaskScheduler.Default);   // nobody is left to answer
        await crashed.Task.WaitAsync(TimeSpan.FromSeconds(10));
        var anew = await next.NewPageAsync();
        await anew.GotoAsync(address);
        return anew;
    }

    private Task<IBrowserContext> OpenAsync() => chromium.NewContextAsync(new() { BaseURL = Address, StorageState = cookies, ReducedMotion = ReducedMotion.Reduce });

    private static ILocator Field(IPage page) => page.Locator("textarea[data-draft='text']");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Somebody who writes about nine characters a second, and when each was pressed.</summary>
    private sealed class Typing(IPage page, Random random)
    {
        private const string Source = "Give it as much light as you have, and water it when the top of the soil is dry, but never in the evening. ";

        private readonly Stopwatch watch = Stopwatch.StartNew();
        private readonly List<double> pressed = [];

        public string Text { get; private set; } = "";

        public async Task GoOnAsync(TimeSpan time)
        {
            var end = watch.Elapsed + time;
            while (watch.Elapsed < end)
            {
                var letter = Source[Text.Length % Source.Length];
                await page.Keyboard.InsertTextAsync($"{letter}");
                Text += letter;
                pressed.Add(watch.Elapsed.TotalSeconds);
                await Task.Delay(random.Next(60, 160));
            }
        }

        /// <summary>How long the writer worked on what is not in the text that was kept.</summary>
        public double SecondsMissing(string kept)
        {
            var same = Text.Zip(kept).TakeWhile(pair => pair.First == pair.Second).Count();
            return same == Text.Length ? 0 : pressed[^1] - (same == 0 ? 0 : pressed[same - 1]);
        }
    }
}
