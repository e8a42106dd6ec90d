using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace RlhfHub.Domain.Data;

/// <summary>Transactions that only read: all queries see the database as the first of them did, and nobody waits for them.</summary>
internal static class ReadTransactions
{
    /// <summary>Begins one on the context's connection. Writers go on; only the write-ahead log cannot be emptied before it ends.</summary>
    public static async Task<IDbContextTransaction> BeginReadAsync(this RlhfHubDbContext db, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        // EF Core's own begins with the lock of a writer, which would stop every rater.
        var transaction = ((SqliteConnection)db.Database.GetDbConnection()).BeginTransaction(deferred: true);
        return await db.Database.UseTransactionAsync(transaction, cancellationToken) ?? throw new InvalidOperationException("The transaction did not begin.");
    }
}
