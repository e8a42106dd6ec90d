using System.Globalization;
using Microsoft.Data.Sqlite;

namespace RlhfHub.Domain.Data;

/// <summary>Whole copies of the database by SQLite's own backup, which works while others write. This class and <see cref="HubDatabase"/> are the places that know SQLite.</summary>
public static class DatabaseBackup
{
    /// <summary>How many of the copies that are made before migrations are kept.</summary>
    public const int KeptBeforeMigrations = 10;

    private const string BeforeMigration = "before-migration-";

    /// <summary>Copies <paramref name="database"/> to the new file <paramref name="copy"/> and checks what was written. A copy that fails is not left behind.</summary>
    /// <exception cref="DataFolderException">The database is not there, the copy is, or what was written is damaged.</exception>
    public static void Copy(string database, string copy)
    {
        if (!File.Exists(database)) throw new DataFolderException($"There is no database {database} to copy.");
        if (File.Exists(copy)) throw new DataFolderException($"{copy} is there already; nothing is overwritten. Name another file.");
        var unfinished = $"{copy}.{Guid.NewGuid():N}.unfinished";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(copy))!);
            using (var from = Open(database, SqliteOpenMode.ReadOnly))
            using (var to = Open(unfinished, SqliteOpenMode.ReadWriteCreate))
            {
                from.BackupDatabase(to);
                Execute(to, "PRAGMA journal_mode = DELETE");   // one file, with no log beside it
            }
            RequireWhole(unfinished);
            File.Move(unfinished, copy, overwrite: false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new DataFolderException($"The database could not be copied to {copy}: {error.Message}", error);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>Puts a copy in the database's place. The old database is kept aside, not deleted.</summary>
    /// <returns>Where the old database is now; null when there was none.</returns>
    /// <exception cref="DataFolderException">The copy is not there, or is damaged.</exception>
    public static string? Restore(string copy, string database, DateTime now)
    {
        if (!File.Exists(copy)) throw new DataFolderException($"There is no file {copy}.");
        RequireWhole(copy);
        var incoming = $"{database}.{Guid.NewGuid():N}.incoming";
        try
        {
            Copy(copy, incoming);
            string? aside = null;
            if (File.Exists(database))
            {
                aside = $"{database}.before-restore-{Stamp(now)}";
                // Through SQLite once more: what still lies in the write-ahead log belongs to the old database.
                Copy(database, aside);
            }
            // A log that outlived its database would be played into the one that takes its place.
            foreach (var part in new[] { "-wal", "-shm" }) File.Delete(database + part);
            File.Move(incoming, database, overwrite: true);
            return aside;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"{copy} could not be put in place: {error.Message}", error);
        }
        finally
        {
            File.Delete(incoming);
        }
    }

    /// <summary>Copies the database before migrations change it, and removes the oldest of such copies.</summary>
    /// <param name="database">The database.</param>
    /// <param name="folder">Where copies lie.</param>
    /// <param name="lastMigration">The schema that the copy has.</param>
    /// <param name="now">The time in its name, in UTC.</param>
    /// <returns>The copy.</returns>
    public static string CopyBeforeMigration(string database, string folder, string lastMigration, DateTime now)
    {
        var copy = Path.Combine(folder, $"{BeforeMigration}{Stamp(now)}-{lastMigration}.db");
        Copy(database, copy);
        foreach (var old in Directory.GetFiles(folder, $"{BeforeMigration}*.db").OrderDescending(StringComparer.Ordinal).Skip(KeptBeforeMigrations)) File.Delete(old);
        return copy;
    }

    /// <summary>A time as it stands in the names of copies: sorted by name is sorted by time.</summary>
    public static string Stamp(DateTime now) => now.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture);

    private static void RequireWhole(string file)
    {
        try
        {
            using var connection = Open(file, SqliteOpenMode.ReadOnly);
            if (Execute(connection, "PRAGMA integrity_check") is not "ok") throw new DataFolderException($"{file} is damaged: its integrity check fails.");
            if (Execute(connection, "SELECT count(*) FROM sqlite_master WHERE name = '__EFMigrationsHistory'") is not 1L) throw new DataFolderException($"{file} is no database of RlhfHub.");
        }
        catch (SqliteException error)
        {
            throw new DataFolderException($"{file} is no database, or is damaged: {error.Message}", error);
        }
    }

    // Not pooled: the file must be free again when this class is done with it.
    private static SqliteConnection Open(string file, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false }.ConnectionString);
        connection.Open();
        return connection;
    }

    private static object? Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
