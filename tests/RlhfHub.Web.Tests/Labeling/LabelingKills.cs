using System.Net;
using System.Net.Sockets;

namespace RlhfHub.Web.Tests.Labeling;

/// <summary>Kills the site again and again while raters work, starts it anew, and says what was lost or doubled.</summary>
internal static class LabelingKills
{
    public static async Task<KillReport> RunAsync(int raters, int submissions, int kills, int seed, Action<string> say)
    {
        using var folder = new TemporaryFolder();
        await using var load = new LabelingLoad(folder["hub"], raters, submissions, seed);
        await load.PrepareAsync();
        var environment = new Dictionary<string, string> { ["RLHFHUB_DATA"] = folder["hub"], ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{FreePort()}" };
        var (address, random, done) = (new Uri(environment["ASPNETCORE_URLS"]), new Random(seed), 0);
        var site = await SiteProcess.StartAsync(environment);
        var working = load.RunAsync(() => address, default);
        try
        {
            while (!working.IsCompleted)
            {
                // Spread over the whole of the work, so that the last kill finds as much going on as the first.
                var next = (int)((done + random.NextDouble()) * submissions / (kills + 1));
                while (!working.IsCompleted && (done == kills || load.Acknowledged < next)) await Task.WhenAny(working, Task.Delay(20));
                if (working.IsCompleted) break;
                await site.DisposeAsync();
                done++;
                say($"kill {done} after {load.Acknowledged:N0} acknowledged answers");
                site = await SiteProcess.StartAsync(environment);
            }
            await working;
        }
        finally
        {
            await site.DisposeAsync();
        }
        return new(done, load.Acknowledged, await load.CheckAsync());
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>What came of it.</summary>
internal sealed record KillReport(int Kills, int Acknowledged, IReadOnlyList<string> Faults);
