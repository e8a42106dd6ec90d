using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace RlhfHub.Domain.Data;

/// <summary>What is acknowledged survives a power cut: every commit reaches the disk. SQLite keeps this setting by connection, so each one gets it.</summary>
internal sealed class SynchronousFull : DbConnectionInterceptor
{
    public static readonly SynchronousFull Instance = new();

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA synchronous = FULL";
        command.ExecuteNonQuery();
    }

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        ConnectionOpened(connection, eventData);   // SQLite's asynchronous calls are synchronous inside
        return Task.CompletedTask;
    }
}
