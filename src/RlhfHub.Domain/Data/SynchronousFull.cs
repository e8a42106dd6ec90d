using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace RlhfHub.Domain.Data;

/// <summary>What is acknowledged survives a power cut: every commit reaches the disk. SQLite keeps this setting by connection, so each one gets it, with the length of the log at which it helps itself.</summary>
internal sealed class SynchronousFull : DbConnectionInterceptor
{
    public static readonly SynchronousFull Instance = new();

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = {WalCheckpoints.SelfHelpPages}";
        command.ExecuteNonQuery();
    }

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        ConnectionOpened(connection, eventData);   // SQLite's asynchronous calls are synchronous inside
        return Task.CompletedTask;
    }

    /// <summary>Lets this context's next transaction be in the log without waiting for the disk. The connection is back to full when it is opened again.</summary>
    public static async Task RelaxAsync(RlhfHubDbContext db)
    {
        if (!db.Database.IsSqlite()) return;
        await db.Database.OpenConnectionAsync();
        await db.Database.ExecuteSqlRawAsync("PRAGMA synchronous = NORMAL");
    }
}
