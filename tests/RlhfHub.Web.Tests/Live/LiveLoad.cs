using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Rounds;

namespace RlhfHub.Web.Tests.Live;

/// <summary>Programs that follow a run over real sockets while its events are stored and their connections break again and again.</summary>
internal static class LiveLoad
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Goes on until so many connections broke, and then until everybody has heard everything.</summary>
    /// <param name="site">A site that was not used yet.</param>
    /// <param name="watchers">How many programs.</param>
    /// <param name="drops">How many connections break.</param>
    /// <param name="eventsAtOnce">Events that are stored together.</param>
    /// <param name="storePause">The pause between two stores.</param>
    /// <param name="mostEventsBetweenDrops">How many events are stored between two breaks at most.</param>
    /// <param name="seed">Of when and whose connections break.</param>
    public static async Task<LiveReport> RunAsync(TestSite site, int watchers, int drops, int eventsAtOnce, TimeSpan storePause, int mostEventsBetweenDrops, int seed)
    {
        var address = site.Listen();
        var admin = await site.AdminAsync();
        var project = await site.Services.GetRequiredService<ProjectService>().CreateAsync(admin, new ProjectDraft { Name = "Live" }, default);
        var token = await site.Services.GetRequiredService<PersonalTokenService>().CreateAsync(admin, "live", ActorScope.Read, 1, default);
        var run = await StoredRun.CreateAsync(site.Services, admin, project);
        await run.StoreAndTellAsync(eventsAtOnce);
        var before = run.Last;

        using var stopStoring = new CancellationTokenSource();
        using var stopWatching = new CancellationTokenSource();
        var all = Enumerable.Range(0, watchers).Select(_ => new Watcher(run, before, new RunFollower(address, token, project, run.Id))).ToList();
        var watching = all.ConvertAll(watcher => watcher.WatchAsync(stopWatching.Token));
        await UntilAsync(() => all.TrueForAll(watcher => watcher.Follower.Last > 0), watching);
        var storing = Task.Run(
            async () =>
            {
                while (!stopStoring.IsCancellationRequested)
                {
                    await run.StoreAndTellAsync(eventsAtOnce);
                    await Task.Delay(storePause, CancellationToken.None);
                }
            },
            CancellationToken.None);

        var random = new Random(seed);
        for (var dropped = 0; dropped < drops;)
        {
            var next = run.Last + random.Next(mostEventsBetweenDrops);
            // Some milliseconds more, so that breaks fall before, into and behind what is sent.
            do await Task.Delay(random.Next(1, 15), CancellationToken.None);
            while (run.Last < next);
            if (all[random.Next(watchers)].Follower.Break()) dropped++;
        }
        await stopStoring.CancelAsync();
        await storing;
        await UntilAsync(() => all.TrueForAll(watcher => watcher.Follower.Last >= run.Last), watching);
        await stopWatching.CancelAsync();
        await Task.WhenAll(watching);
        return new(run.Last, all.Sum(watcher => watcher.Heard), all.Sum(watcher => watcher.Follower.Connections), [.. all.SelectMany(watcher => watcher.Faults)], [.. all.SelectMany(watcher => watcher.Milliseconds).Order()]);
    }

    private static async Task UntilAsync(Func<bool> isThere, IReadOnlyList<Task> watching)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!isThere())
        {
            if (watching.FirstOrDefault(task => task.IsFaulted) is { } failed) await failed;
            await Task.Delay(10, patience.Token);
        }
    }

    private sealed class Watcher(StoredRun run, long before, RunFollower follower)
    {
        private long last;

        public RunFollower Follower => follower;

        public long Heard { get; private set; }

        public List<string> Faults { get; } = [];

        public List<float> Milliseconds { get; } = [];

        public Task WatchAsync(CancellationToken stop) => follower.FollowAsync(Note, stop);

        private void Note(IReadOnlyList<RunEventDetails> events)
        {
            foreach (var item in events)
            {
                Heard++;
                if (item.Seq != last + 1) Faults.Add($"Event {last} was followed by event {item.Seq}.");
                if ((long)item.Content["step"]! != item.Seq) Faults.Add($"Event {item.Seq} has the content of {item.Content["step"]}.");
                last = item.Seq;
                // What was stored before anybody came waited for them.
                if (item.Seq > before) Milliseconds.Add((float)run.SinceStored(item.Seq).TotalMilliseconds);
            }
        }
    }
}

/// <summary>What came of it.</summary>
/// <param name="Events">Events that were stored.</param>
/// <param name="Heard">Events that were heard, by all programs together.</param>
/// <param name="Connections">How often they connected.</param>
/// <param name="Faults">Gaps and repetitions.</param>
/// <param name="Milliseconds">From stored to heard, in rising order; breaks and what they cost included.</param>
internal sealed record LiveReport(long Events, long Heard, int Connections, IReadOnlyList<string> Faults, IReadOnlyList<float> Milliseconds)
{
    public float Percentile(double share) => Milliseconds[Math.Min(Milliseconds.Count - 1, (int)(share * Milliseconds.Count))];
}
