using System.Diagnostics;
using Microsoft.EntityFrameworkCore;

namespace RlhfHub.Domain.Data;

/// <summary>
/// Runs work that reads and then writes inside one write transaction. Writers of this process stand in line for it: SQLite has one writer at a time,
/// and its own waiting is polling in growing steps, which lets the unlucky wait for long.
/// </summary>
public sealed class WriteTransactions(IDbContextFactory<RlhfHubDbContext> contexts) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1);

    /// <summary>Runs <paramref name="work"/> and commits; when this returns, what was written is on the disk. An exception rolls everything back.</summary>
    public async Task<T> RunAsync<T>(Func<RlhfHubDbContext, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var (started, isCommitted) = (Stopwatch.GetTimestamp(), false);
        await turn.WaitAsync(cancellationToken);
        try
        {
            // Takes the write lock at once, before anything is read: two that read first and write then would overwrite each other.
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            var result = await work(db);
            await transaction.CommitAsync(cancellationToken);
            isCommitted = true;
            return result;
        }
        finally
        {
            turn.Release();
            HubTelemetry.RecordWrite(Stopwatch.GetElapsedTime(started), isCommitted);
        }
    }

    /// <summary>Runs <paramref name="work"/> and commits.</summary>
    public Task RunAsync(Func<RlhfHubDbContext, Task> work, CancellationToken cancellationToken) => RunAsync(
        async db =>
        {
            await work(db);
            return 0;
        },
        cancellationToken);

    /// <inheritdoc />
    public void Dispose() => turn.Dispose();
}
