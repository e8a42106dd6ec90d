using System.Collections.Concurrent;
using RlhfHub.Domain.Rounds;

namespace RlhfHub.Web.Live;

/// <summary>
/// What happens on the site, told within its process as it happens. A subscriber is called on the thread of whoever tells and must be quick: note that there is news, and look when it suits. What was told is in the
/// database already, so that nobody who missed it misses more than the moment.
/// </summary>
public sealed class LiveFeed
{
    private readonly ConcurrentDictionary<long, Action<LiveNews>> subscribers = [];
    private long last;

    /// <summary>Calls <paramref name="heard"/> with all news until the result is disposed.</summary>
    public IDisposable Subscribe(Action<LiveNews> heard)
    {
        var number = Interlocked.Increment(ref last);
        subscribers[number] = heard;
        return new Subscription(() => subscribers.TryRemove(number, out _));
    }

    /// <summary>Tells everybody.</summary>
    public void Tell(LiveNews news)
    {
        foreach (var heard in subscribers.Values) heard(news);
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}

/// <summary>Something happened in a project.</summary>
public abstract record LiveNews(Guid ProjectId);

/// <summary>Events of a run were stored.</summary>
public sealed record RunNews(Guid ProjectId, Guid RoundId, Guid RunId, IReadOnlyList<ReadEvent> Events) : LiveNews(ProjectId);

/// <summary>A round's state, or that of one of its runs, changed.</summary>
public sealed record RoundNews(Guid ProjectId, Guid RoundId) : LiveNews(ProjectId);

/// <summary>There are new tasks for raters.</summary>
public sealed record TaskNews(Guid ProjectId) : LiveNews(ProjectId);
