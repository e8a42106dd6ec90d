using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain.Datasets.Archives;

namespace RlhfHub.Domain.Data;

/// <summary>How the platform opens its SQLite file: durable, and migrated before anybody reads from it.</summary>
public static class HubDatabase
{
    /// <summary>The assembly with the migrations; named and not referenced, because it builds on this one.</summary>
    public const string MigrationsAssembly = "RlhfHub.Migrations";

    // Identity looks for its schema version in the context's service provider; contexts made by hand (migrations, tests) have no other.
    private static readonly IServiceProvider IdentityServices = new ServiceCollection().Configure<IdentityOptions>(UsePasskeys).BuildServiceProvider();

    /// <summary>Registers the factory of contexts on the SQLite file <paramref name="path"/>, and the line of those who write to it.</summary>
    public static IServiceCollection AddHubDatabase(this IServiceCollection services, string path) => services
        .Configure<IdentityOptions>(UsePasskeys)
        .AddPooledDbContextFactory<RlhfHubDbContext>(options => Configure(options, path))
        .AddSingleton<WriteTransactions>();

    /// <summary>Points <paramref name="options"/> at the SQLite file <paramref name="path"/>.</summary>
    public static void Configure(DbContextOptionsBuilder options, string path)
    {
        if (options.Options.FindExtension<CoreOptionsExtension>()?.ApplicationServiceProvider is null) options.UseApplicationServiceProvider(IdentityServices);
        options
            .UseSqlite(new SqliteConnectionStringBuilder { DataSource = path }.ConnectionString, sqlite => sqlite.MigrationsAssembly(MigrationsAssembly))
            .AddInterceptors(SynchronousFull.Instance);
    }

    /// <summary>Creates the file where it is missing, turns write-ahead logging on, applies what migrations are pending and removes what an interrupted import of an archive left.</summary>
    /// <exception cref="DataFolderException">The file system has no write-ahead logging, as is usual on network drives.</exception>
    public static async Task MigrateAsync(RlhfHubDbContext db, CancellationToken cancellationToken = default)
    {
        await db.Database.MigrateAsync(cancellationToken);
        // The mode is stored in the file: setting it once here is enough for every other connection.
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL";
        var mode = await command.ExecuteScalarAsync(cancellationToken) as string;
        await db.Database.CloseConnectionAsync();
        if (mode != "wal")
            throw new DataFolderException($"The database {db.Database.GetDbConnection().DataSource} got journal mode '{mode}' instead of 'wal'; {DataFolder.Setting} must be a folder on a local disk.");
        await UnfinishedProjects.RemoveAsync(portion => portion(db), cancellationToken);
    }

    /// <summary>The same, after a copy of an existing database was put into the data folder's backups where migrations are pending.</summary>
    /// <returns>The copy; null when none was needed.</returns>
    /// <exception cref="DataFolderException">The copy or the database cannot be written.</exception>
    public static async Task<string?> MigrateWithBackupAsync(RlhfHubDbContext db, DataFolder folder, DateTime now, CancellationToken cancellationToken = default)
    {
        string? copy = null;
        if (File.Exists(folder.Database) && (await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any()
            && (await db.Database.GetAppliedMigrationsAsync(cancellationToken)).LastOrDefault() is { } last)
            copy = DatabaseBackup.CopyBeforeMigration(folder.Database, folder.Backups, last, now);
        await MigrateAsync(db, cancellationToken);
        return copy;
    }

    private static void UsePasskeys(IdentityOptions options) => options.Stores.SchemaVersion = IdentitySchemaVersions.Version3;
}
