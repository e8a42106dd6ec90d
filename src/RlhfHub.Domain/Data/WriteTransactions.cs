using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace RlhfHub.Domain.Data;

/// <summary>
/// Runs work that reads and then writes inside a write transaction. Writers of this process stand in line for it: SQLite has one writer at a time, and its own waiting is polling in growing steps, which lets
/// the unlucky wait for long. Those who wait together are committed together, each behind a savepoint of its own: reaching the disk is what costs most, and one reach serves all of them.
/// </summary>
public sealed class WriteTransactions(IDbContextFactory<RlhfHubDbContext> contexts) : IDisposable
{
    // More would make the first of a group wait for the last.
    private const int LargestGroup = 32;

    private readonly ConcurrentQueue<Waiting> line = [];
    private readonly SemaphoreSlim turn = new(1);
    private readonly AsyncLocal<bool> isInside = new();
    private readonly WalCheckpoints checkpoints = new(contexts);

    /// <summary>
    /// Runs <paramref name="work"/> and commits; when this returns, what was written is on the disk. An exception in it undoes what it wrote and nothing else.
    /// The context is new to it and must not be kept.
    /// </summary>
    public Task<T> RunAsync<T>(Func<RlhfHubDbContext, Task<T>> work, CancellationToken cancellationToken) => RunAsync(work, isDurable: true, cancellationToken);

    /// <summary>
    /// The same for what may be forgotten: when this returns, everybody sees what was written and the end of the process loses nothing, but a power cut in the next moments may. The next durable commit takes it along.
    /// </summary>
    public Task<T> RunForgettableAsync<T>(Func<RlhfHubDbContext, Task<T>> work, CancellationToken cancellationToken) => RunAsync(work, isDurable: false, cancellationToken);

    /// <summary>Runs <paramref name="work"/> and commits.</summary>
    public Task RunAsync(Func<RlhfHubDbContext, Task> work, CancellationToken cancellationToken) => RunAsync(
        async db =>
        {
            await work(db);
            return 0;
        },
        cancellationToken);

    /// <inheritdoc />
    public void Dispose()
    {
        checkpoints.Dispose();
        turn.Dispose();
    }

    private async Task<T> RunAsync<T>(Func<RlhfHubDbContext, Task<T>> work, bool isDurable, CancellationToken cancellationToken)
    {
        if (isInside.Value) throw new InvalidOperationException("A write transaction was begun inside another, which would wait for itself; pass the context on instead.");
        var (started, isCommitted) = (Stopwatch.GetTimestamp(), false);
        T? result = default;
        var waiting = new Waiting(async db => result = await work(db), isDurable);
        line.Enqueue(waiting);
        // Whoever gets the turn runs all who wait, so most find their own work done when they get it.
        await turn.WaitAsync(CancellationToken.None);
        try
        {
            if (cancellationToken.IsCancellationRequested) waiting.Done.TrySetCanceled(cancellationToken);
            // One group may end before this one's turn in the line.
            while (!waiting.Done.Task.IsCompleted) await RunGroupAsync();
        }
        finally
        {
            turn.Release();
        }
        try
        {
            await waiting.Done.Task;
            isCommitted = true;
            return result!;
        }
        finally
        {
            HubTelemetry.RecordWrite(Stopwatch.GetElapsedTime(started), isCommitted);
        }
    }

    private async Task RunGroupAsync()
    {
        List<Waiting> group = [];
        while (group.Count < LargestGroup && line.TryDequeue(out var next))
            if (!next.Done.Task.IsCompleted) group.Add(next);
        if (group.Count == 0) return;
        checkpoints.FinishIfOverdue();

        List<(Waiting Waiting, Exception? Error)> ended = [];
        try
        {
            await using var db = await contexts.CreateDbContextAsync();
            if (!group.Exists(waiting => waiting.IsDurable)) await SynchronousFull.RelaxAsync(db);
            // Takes the write lock at once, before anything is read: two that read first and write then would overwrite each other.
            await using var transaction = await db.Database.BeginTransactionAsync();
            foreach (var waiting in group) ended.Add((waiting, await RunOneAsync(db, transaction, waiting, isAlone: group.Count == 1)));
            if (group.Count > 1 || ended[0].Error is null) await transaction.CommitAsync();
        }
#pragma warning disable CA1031 // Whatever ended the transaction, all who waited for it must hear of it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            foreach (var waiting in group) waiting.Done.TrySetException(error);
            return;
        }
        checkpoints.Committed(group.Count);
        foreach (var (waiting, error) in ended)
        {
            if (error is null) waiting.Done.TrySetResult();
            else waiting.Done.TrySetException(error);
        }
    }

    private async Task<Exception?> RunOneAsync(RlhfHubDbContext db, IDbContextTransaction transaction, Waiting waiting, bool isAlone)
    {
        const string savepoint = "one";
        if (!isAlone) await transaction.CreateSavepointAsync(savepoint);
        Exception? failure = null;
        try
        {
            isInside.Value = true;
            await waiting.Work(db);
        }
#pragma warning disable CA1031 // It is handed to the one who asked for the work.
        catch (Exception error)
#pragma warning restore CA1031
        {
            failure = error;
        }
        db.ChangeTracker.Clear();
        if (isAlone) return failure;
        if (failure is not null) await transaction.RollbackToSavepointAsync(savepoint);
        await transaction.ReleaseSavepointAsync(savepoint);
        return failure;
    }

    private sealed record Waiting(Func<RlhfHubDbContext, Task> Work, bool IsDurable)
    {
        // Continuations must not run inside the turn of the one who completes it.
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
