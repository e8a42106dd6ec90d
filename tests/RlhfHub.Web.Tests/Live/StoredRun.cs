using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Rounds;
using RlhfHub.Web.Live;

namespace RlhfHub.Web.Tests.Live;

/// <summary>A run whose events a test or a benchmark makes up: stored and then told, as the runner of rounds does it.</summary>
internal sealed class StoredRun
{
    private readonly RoundLedger ledger;
    private readonly LiveFeed feed;
    private readonly ConcurrentDictionary<long, long> storedAt = [];

    private StoredRun(IServiceProvider services, Guid projectId, Guid roundId, Guid id)
    {
        (ledger, feed) = (services.GetRequiredService<RoundLedger>(), services.GetRequiredService<LiveFeed>());
        (ProjectId, RoundId, Id) = (projectId, roundId, id);
    }

    public Guid ProjectId { get; }

    public Guid RoundId { get; }

    public Guid Id { get; }

    /// <summary>The number of the last event that is stored.</summary>
    public long Last { get; private set; }

    /// <summary>A run of a round that is over: the site's own runner leaves it alone.</summary>
    public static async Task<StoredRun> CreateAsync(IServiceProvider services, Actor launcher, Guid projectId)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<RlhfHubDbContext>>().CreateDbContextAsync();
        var number = 1 + await db.Rounds.CountAsync(entry => entry.ProjectId == projectId);
        var plan = new RoundPlan { Stages = [new StagePlan { Kind = "sft" }] };
        var round = new Round { ProjectId = projectId, Number = number, Plan = plan, State = RoundState.Completed, CreatedById = launcher.Id, CreatedAt = DateTime.UtcNow };
        var run = new Run { RoundId = round.Id, Kind = "sft", State = RunState.Completed };
        db.AddRange(round, run);
        await db.SaveChangesAsync();
        return new(services, projectId, round.Id, run.Id);
    }

    /// <summary>Stores so many more events and tells them.</summary>
    public async Task StoreAndTellAsync(int count) => Tell(await StoreAsync(count));

    /// <summary>Stores so many more events and keeps quiet.</summary>
    public async Task<IReadOnlyList<ReadEvent>> StoreAsync(int count)
    {
        List<ReadEvent> events = [];
        for (var seq = Last + 1; seq <= Last + count; seq++)
            events.Add(new(seq, DateTime.UtcNow, "metric", string.Create(CultureInfo.InvariantCulture, $$$"""{"step":{{{seq}}},"metrics":{"loss":{{{1.0 / seq}}},"learning_rate":0.0001,"grad_norm":0.5}}"""), Step: seq));
        await ledger.StoreAsync(Id, events, offsetBytes: events[^1].Seq * 200, CancellationToken.None);
        var now = Stopwatch.GetTimestamp();
        foreach (var item in events) storedAt[item.Seq] = now;
        Last = events[^1].Seq;
        return events;
    }

    public void Tell(IReadOnlyList<ReadEvent> events) => feed.Tell(new RunNews(ProjectId, RoundId, Id, events));

    /// <summary>How long ago an event was stored; nothing where it was read before its writer knew.</summary>
    public TimeSpan SinceStored(long seq) => storedAt.TryGetValue(seq, out var then) ? Stopwatch.GetElapsedTime(then) : TimeSpan.Zero;
}
