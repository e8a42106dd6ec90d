using System.Collections.Concurrent;
using RlhfHub.Domain.Rounds;
using RlhfHub.Web.Live;

namespace RlhfHub.Web.Features.Rounds;

/// <summary>
/// Works on rounds: those that are due, one after the other on each device, and at start on those that an end of the site interrupted. The truth of a run is in its folder and in the database; this holds nothing that
/// could not be found again.
/// </summary>
internal sealed partial class RoundRunner(RoundLedger ledger, RoundSignal signal, RunFolders folders, RoundHeadToHeads headToHeads, WorkerLauncher launcher, LiveFeed feed, TimeProvider time, ILogger<RoundRunner> logger) : BackgroundService
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Guid, Task> working = [];
    private readonly ConcurrentDictionary<Guid, RoundOrders> orders = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogUnread(error);
            }
            try
            {
                await signal.WaitAsync(LookAgain, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
        }
        await Task.WhenAll(working.Values);
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        foreach (var (id, task) in working)
            if (task.IsCompleted) working.TryRemove(id, out _);
        var open = await ledger.OpenAsync(stoppingToken);
        foreach (var entry in open) orders[entry.Round.Id] = new(entry.Round.Wish, entry.Current?.WantsCheckpoint ?? false);
        foreach (var entry in open)
        {
            var round = entry.Round;
            if (working.ContainsKey(round.Id) || !await MayWorkAsync(entry, open, stoppingToken)) continue;
            working[round.Id] = Task.Run(() => WorkAsync(round.Id, stoppingToken), CancellationToken.None);
        }
    }

    private async Task<bool> MayWorkAsync(OpenRound entry, IReadOnlyList<OpenRound> open, CancellationToken cancellationToken)
    {
        var round = entry.Round;
        if (round.Wish == RoundWish.Stop && round.State is RoundState.Queued or RoundState.Paused && !HasWorker(entry))
        {
            await ledger.CancelledAsync(round.Id, cancellationToken);
            feed.Tell(new RoundNews(round.ProjectId, round.Id));
            return false;
        }
        if (round.State == RoundState.Paused) return HasWorker(entry);   // the site was started again over a worker that waits
        if (round.State != RoundState.Queued) return true;
        if (round.Wish == RoundWish.Pause)
        {
            await ledger.PausedAsync(round.Id, cancellationToken);
            feed.Tell(new RoundNews(round.ProjectId, round.Id));
            return false;
        }
        if (!entry.IsDue) return false;
        var before = open.FirstOrDefault(other => other.Round.Id != round.Id && other.Round.State is not (RoundState.Queued or RoundState.Paused) && DeviceOf(other) == DeviceOf(entry))
            ?? open.FirstOrDefault(other => other.Round.Id != round.Id && working.ContainsKey(other.Round.Id) && DeviceOf(other) == DeviceOf(entry));
        if (before is null) return true;
        var reason = $"It waits for round {before.Round.Number}, which has the device.";
        if (round.Reason != reason) await ledger.NoteAsync(round.Id, reason, cancellationToken);
        return false;
    }

    private bool HasWorker(OpenRound entry) => entry.Current is { } run && folders.Find(run.Id) is { } folder && Training.Runs.RunLock.IsHeld(folder);

    // Rounds on different devices do not wait for each other; "auto" may be any.
    private static string DeviceOf(OpenRound entry) => entry.Current is { } run && entry.Round.Plan.Stages[run.Number].Device is "cpu" ? "cpu" : "auto";

    private async Task WorkAsync(Guid roundId, CancellationToken stoppingToken)
    {
        var work = new RoundWork(roundId, () => orders.GetValueOrDefault(roundId) ?? new(RoundWish.Run, false), ledger, folders, headToHeads, launcher, feed, time, logger);
        try
        {
            await work.RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The site stops; the worker goes on, and the next site finds it.
        }
        catch (Exception error)
        {
            LogFailed(error, roundId);
            await ledger.FailRoundAsync(roundId, error.Message, CancellationToken.None);
        }
        finally
        {
            work.Tell();
            signal.Raise();
        }
    }

    [LoggerMessage(LogLevel.Error, "The rounds could not be read; it is tried again.")]
    private partial void LogUnread(Exception error);

    [LoggerMessage(LogLevel.Error, "Round {RoundId} failed.")]
    private partial void LogFailed(Exception error, Guid roundId);
}
