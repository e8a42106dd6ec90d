using System.Diagnostics;
using RlhfHub.Domain.Rounds;
using RlhfHub.Training.Runs;
using RlhfHub.Web.Live;
using RunEvent = RlhfHub.Training.Runs.RunEvent;
using RunState = RlhfHub.Training.Runs.RunState;
using StoredState = RlhfHub.Domain.Rounds.RunState;

namespace RlhfHub.Web.Features.Rounds;

/// <summary>The work on one round: its runs one after the other, each laid out, started or adopted, and followed to its end.</summary>
internal sealed partial class RoundWork(Guid roundId, Func<RoundOrders> orders, RoundLedger ledger, RunFolders folders, RoundHeadToHeads headToHeads, WorkerLauncher launcher, LiveFeed feed, TimeProvider time, ILogger logger)
{
    /// <summary>How often in a row a worker may die without getting further.</summary>
    public const int MostRestarts = 5;

    private const int EventsAtOnce = 1000;

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private Guid projectId;

    /// <summary>Works to the end of the round, or to where its people have to say how it goes on.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        while (await ledger.PrepareAsync(roundId, stoppingToken) is { } prepared)
        {
            projectId = prepared.Round.ProjectId;
            Tell();
            var folder = await folders.LayOutAsync(prepared, stoppingToken);
            if (!await FollowAsync(prepared, folder, stoppingToken)) return;
            Tell();
        }
    }

    /// <summary>Tells the site that something about the round has changed.</summary>
    public void Tell() => feed.Tell(new RoundNews(projectId, roundId));

    // True when the run left its result.
    private async Task<bool> FollowAsync(PreparedRun prepared, RunFolder folder, CancellationToken stoppingToken)
    {
        var run = prepared.Run;
        var tail = new EventTail(folder, new EventCursor(run.OffsetBytes, run.Seq));
        if (run.ChangedOptions is { } options) RunControl.SetOptions(folder, options);
        for (var deaths = 0; ; deaths++)
        {
            if (orders().Wish == RoundWish.Stop && !RunLock.IsHeld(folder))
            {
                await ledger.CancelledAsync(roundId, stoppingToken);
                return false;
            }
            // What a worker said before the site was there to read it.
            tail = await ReadAsync(prepared, folder, tail, stoppingToken);
            if (ended is not RunState.Completed)
            {
                RunControl.SetWant(folder, WantOf(orders().Wish));
                ended = null;
                using var process = RunLock.IsHeld(folder) ? null : launcher.Start(folder);
                await ledger.StartedAsync(run.Id, isAgain: deaths > 0, stoppingToken);
                Tell();
                tail = await WatchAsync(prepared, folder, tail, process, stoppingToken);
            }
            switch (ended)
            {
                case RunState.Completed:
                    await ledger.CompleteAsync(run.Id, folders.TakeResult(folder, run.Id), stoppingToken);
                    folders.EndServing(run.Id);
                    ended = null;
                    return true;
                case RunState.Failed:
                    await ledger.FailAsync(run.Id, reason ?? "The run failed without saying why.", stoppingToken);
                    return false;
                case RunState.Stopped:
                    await ledger.CancelledAsync(roundId, stoppingToken);
                    return false;
                case RunState.Paused:
                    return false;   // training went wrong; the round says so already
            }
            if (isFurther) deaths = 0;
            isFurther = false;
            if (deaths >= MostRestarts)
            {
                await ledger.FailAsync(run.Id, $"The worker died {deaths + 1} times without getting further; its last words: {RunFolders.LastWords(folder)}", stoppingToken);
                return false;
            }
            LogDied(run.Id, deaths + 1);
            await Task.Delay(TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Pow(2, deaths) - 1)), time, stoppingToken);
        }
    }

    // The last state that ends a worker, its reason, and whether a step came that was not there before.
    private RunState? ended;
    private string? reason;
    private bool isFurther;
    private long furthest;

    /// <summary>Follows a worker to its end.</summary>
    private async Task<EventTail> WatchAsync(PreparedRun prepared, RunFolder folder, EventTail tail, Process? process, CancellationToken stoppingToken)
    {
        var told = WantOf(orders().Wish);
        while (true)
        {
            // Before the last look at the events: what a worker wrote before it ended is there then.
            var isOver = process?.HasExited ?? true;
            if (isOver && RunLock.IsHeld(folder)) isOver = false;   // an adopted one, or another that was quicker
            var before = tail.Cursor.Seq;
            tail = await ReadAsync(prepared, folder, tail, stoppingToken);
            if (isOver && tail.Cursor.Seq == before) return tail;
            if (WantOf(orders().Wish) is var want && want != told) RunControl.SetWant(folder, told = want);
            if (orders().WantsCheckpoint && await ledger.TakeCheckpointRequestAsync(prepared.Run.Id, stoppingToken)) RunControl.RequestCheckpoint(folder);
            if (tail.Cursor.Seq == before) await Task.Delay(Beat, time, stoppingToken);
        }
    }

    private async Task<EventTail> ReadAsync(PreparedRun prepared, RunFolder folder, EventTail tail, CancellationToken stoppingToken)
    {
        var run = prepared.Run;
        IReadOnlyList<RunEvent> events;
        try
        {
            events = tail.ReadNew(EventsAtOnce);
        }
        catch (RunFolderException error)
        {
            LogDamaged(run.Id, error.Message);
            await ledger.ForgetEventsAsync(run.Id, stoppingToken);
            tail = new EventTail(folder);
            events = tail.ReadNew(EventsAtOnce);
        }
        if (events.Count == 0) return tail;
        var read = events.Select(Stored).ToList();
        await ledger.StoreAsync(run.Id, read, tail.Cursor.OffsetBytes, stoppingToken);
        foreach (var item in events) Note(item);
        feed.Tell(new RunNews(projectId, roundId, run.Id, read));
        if (read.Exists(item => item.State is not null)) Tell();
        // The newest of them only: what people see should be the policy of now.
        if (events.OfType<CheckpointEvent>().LastOrDefault() is { } checkpoint && RoundHeadToHeads.IsLive(run, prepared.Round.Plan) && folders.Serve(folder, run.Id, checkpoint) is { } served)
            await headToHeads.OfferAsync(run.Id, checkpoint.Step, served, stoppingToken);
        return tail;
    }

    private void Note(RunEvent item)
    {
        if (item is MetricEvent { Step: var step } && step > furthest) (furthest, isFurther) = (step, true);
        if (item is not StateEvent state) return;
        var isEnd = state.State is RunState.Completed or RunState.Failed or RunState.Stopped || state is { State: RunState.Paused, Reason: not null };
        (ended, reason) = (isEnd ? state.State : null, state.Reason);
    }

    private static ReadEvent Stored(RunEvent item)
    {
        var read = new ReadEvent(item.Seq, item.Time, item.Kind, item.ToContent().ToJsonString(Domain.Data.JsonText.Options));
        return item switch
        {
            MetricEvent metric => read with { Step = metric.Step },
            StateEvent state => read with
            {
                Steps = state.Steps,
                Reason = state.Reason,
                State = state.State switch
                {
                    RunState.Preparing => StoredState.Preparing,
                    RunState.Running or RunState.Resumed => StoredState.Running,
                    RunState.Paused => StoredState.Paused,
                    RunState.Completed => StoredState.Completed,
                    RunState.Failed => StoredState.Failed,
                    _ => StoredState.Stopped,
                },
            },
            _ => read,
        };
    }

    private static RunWant WantOf(RoundWish wish) => wish switch
    {
        RoundWish.Pause => RunWant.Pause,
        RoundWish.Stop => RunWant.Stop,
        _ => RunWant.Run,
    };

    [LoggerMessage(LogLevel.Warning, "The worker of run {RunId} died; it is started again ({Times}).")]
    private partial void LogDied(Guid runId, int times);

    [LoggerMessage(LogLevel.Warning, "The events of run {RunId} are read again from the beginning: {Why}")]
    private partial void LogDamaged(Guid runId, string why);
}

/// <summary>What the people of a round want of it now.</summary>
internal sealed record RoundOrders(RoundWish Wish, bool WantsCheckpoint);
