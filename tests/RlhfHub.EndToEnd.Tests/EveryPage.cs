using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace RlhfHub.EndToEnd.Tests;

internal static class EveryPage
{
    private const int Tabs = 2;

    /// <summary>Opens every page of the site, several at a time, as its admin in a project in which something is everywhere.</summary>
    /// <param name="browser">The site and its browser.</param>
    /// <param name="check">What is asked of the open page: each fault a line.</param>
    /// <param name="prepare">What is done to a tab before the first page.</param>
    /// <returns>All faults, each with its page's address.</returns>
    public static async Task<IReadOnlyList<string>> CheckAsync(Browser browser, Func<IPage, Task<IEnumerable<string>>> check, Func<IPage, Task>? prepare = null)
    {
        var project = await browser.SampleAsync();
        var waiting = new ConcurrentQueue<string>(PageAddresses.All(project, await RoundAsync()));
        var faults = await Task.WhenAll(Enumerable.Range(0, Tabs).Select(_ => WorkAsync()));
        return [.. faults.SelectMany(found => found).Order(StringComparer.Ordinal)];

        async Task<string> RoundAsync()
        {
            await using var visit = await browser.OpenAsync();
            await visit.Page.GotoAsync("/account");
            return (await visit.Page.ApiAsync("GET", $"projects/{project}/rounds")).GetProperty("items")[0].GetProperty("id").GetString()!;
        }

        async Task<IReadOnlyList<string>> WorkAsync()
        {
            List<string> found = [];
            await using var visit = await browser.OpenAsync();
            if (prepare is not null) await prepare(visit.Page);
            while (waiting.TryDequeue(out var address))
            {
                await visit.Page.OpenAsync(address);
                found.AddRange((await check(visit.Page)).Select(fault => $"{address.Replace(project, "ID", StringComparison.Ordinal)}: {fault}"));
            }
            return [.. found, .. visit.Complaints.Where(complaint => !IsMeant(complaint))];
        }
    }

    // These pages are sent with the status that they speak of, which the browser notes.
    private static bool IsMeant(string complaint) => (complaint.Contains("404", StringComparison.Ordinal) && complaint.Contains("/not-found", StringComparison.Ordinal))
        || (complaint.Contains("403", StringComparison.Ordinal) && complaint.Contains("/account/forbidden", StringComparison.Ordinal));

    /// <summary>Fails with every fault in its message.</summary>
    public static void AssertNone(IReadOnlyList<string> faults) => Assert.True(faults.Count == 0, $"{faults.Count} faults:\n{string.Join('\n', faults)}");
}
