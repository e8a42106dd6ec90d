using RlhfHub.Web.Live;

namespace RlhfHub.Web.Features.Rounds;

/// <summary>Turns a flood of news into a look now and then: however much happens, a page looks at most a few times a second.</summary>
internal sealed class LiveLook(LiveFeed feed, TimeProvider time)
{
    /// <summary>The shortest time between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private int isNew;

    /// <summary>Looks until the page has gone.</summary>
    /// <param name="concerns">Which news; called on the thread of whoever tells.</param>
    /// <param name="look">Called on the page's own thread, with whether there was news since the last time; without news too, so that what was put off can be done.</param>
    /// <param name="closed">Ends with the page.</param>
    public async Task FollowAsync(Func<LiveNews, bool> concerns, Func<bool, Task> look, CancellationToken closed)
    {
        using var subscription = feed.Subscribe(news =>
        {
            if (concerns(news)) Volatile.Write(ref isNew, 1);
        });
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(closed)) await look(Interlocked.Exchange(ref isNew, 0) == 1);
        }
        catch (OperationCanceledException) when (closed.IsCancellationRequested)
        {
            // The page has gone.
        }
    }
}
