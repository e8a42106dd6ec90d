using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.SignalR;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Rounds;
using RlhfHub.Web.Account;

namespace RlhfHub.Web.Live;

/// <summary>
/// The events of a run from any point on, in order, each once. They come from the database until it has no more, and from then on out of the feed; whatever the feed does not bring in one piece with what was sent is read
/// from the database. What is sent next is always the event with the next number, so there is nothing to be missed or repeated between the two.
/// </summary>
internal sealed class RunStream(LiveFeed feed, RoundService rounds, ActorFactory actors, Access access, TimeProvider time)
{
    /// <summary>How many events are read, and sent, at once.</summary>
    public const int EventsAtOnce = 500;

    public async IAsyncEnumerable<IReadOnlyList<RunEventDetails>> FollowAsync(ClaimsPrincipal? principal, Guid projectId, Guid runId, long after, [EnumeratorCancellation] CancellationToken stop)
    {
        var listener = new LiveListener(principal, projectId, Policy.Review, actors, access, time);
        await listener.EnsureAsync(stop);
        await CheckAsync(listener.Actor, projectId, runId, after, stop);
        var inbox = new RunInbox(time);
        // Before the first read: events are told when they are stored, so whatever that read does not see will be told.
        using var subscription = feed.Subscribe(news =>
        {
            if (news is RunNews run && run.RunId == runId) inbox.Put(run.Events);
        });
        var last = after;
        var mustRead = true;
        while (true)
        {
            await listener.EnsureAsync(stop);
            IReadOnlyList<RunEventDetails> next;
            if (mustRead)
            {
                next = await LiveListener.SayAsync(() => rounds.EventsAsync(listener.Actor, projectId, runId, last, [], EventsAtOnce, stop));
                mustRead = next.Count == EventsAtOnce;
            }
            else
            {
                (next, mustRead) = Following(inbox.Take(), last);
            }
            if (next.Count > 0)
            {
                last = next[^1].Seq;
                yield return next;
            }
            else if (!mustRead)
            {
                await inbox.WaitAsync(LiveListener.Interval, stop);
            }
        }
    }

    /// <summary>Of what was told, the events that follow the last one without a gap; and whether something has to be read from the database.</summary>
    internal static (IReadOnlyList<RunEventDetails> Events, bool MustRead) Following((IReadOnlyList<ReadEvent> Events, bool HasLost) told, long last)
    {
        List<RunEventDetails> following = [];
        foreach (var item in told.Events)
        {
            if (item.Seq <= last) continue;
            if (item.Seq != last + 1) return (following, true);
            following.Add(new(item.Seq, item.Time, item.Kind, JsonNode.Parse(item.Content)!.AsObject()));
            last = item.Seq;
        }
        return (following, told.HasLost);
    }

    // A number from another run, or from before the database was restored, would leave out events without a word.
    private async Task CheckAsync(Actor actor, Guid projectId, Guid runId, long after, CancellationToken cancellationToken)
    {
        var known = await LiveListener.SayAsync(() => rounds.EventsAsync(actor, projectId, runId, after > 0 ? after - 1 : after, [], 1, cancellationToken));
        if (after > 0 && known.Count == 0) throw new HubException($"The run has no event {after}; begin again after 0.");
    }
}

/// <summary>What was told of a run and not sent yet. Whoever takes it too slowly loses it, and has to read it from the database.</summary>
internal sealed class RunInbox(TimeProvider time)
{
    /// <summary>How many events it holds.</summary>
    public const int Capacity = 4 * RunStream.EventsAtOnce;

    private readonly Lock gate = new();
    private readonly Bell bell = new(time);
    private List<ReadEvent> held = [];
    private bool hasLost;

    public void Put(IReadOnlyList<ReadEvent> events)
    {
        lock (gate)
        {
            if (held.Count + events.Count <= Capacity) held.AddRange(events);
            else (held, hasLost) = ([], true);
        }
        bell.Ring();
    }

    /// <summary>Everything that is there, and whether something was lost since the last call.</summary>
    public (IReadOnlyList<ReadEvent> Events, bool HasLost) Take()
    {
        lock (gate)
        {
            var taken = (held, hasLost);
            (held, hasLost) = ([], false);
            return taken;
        }
    }

    public Task WaitAsync(TimeSpan timeout, CancellationToken cancellationToken) => bell.WaitAsync(timeout, cancellationToken);
}
