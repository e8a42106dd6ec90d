using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;

namespace RlhfHub.Domain.Tests.Data;

public sealed class DatabaseBackupTests : IAsyncLifetime
{
    private static readonly DateTime Now = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    private readonly TemporaryFolder temporary = new();
    private DataFolder folder = null!;

    [Fact]
    public async Task Copy_WhileOthersWrite_HoldsWhatWasCommitted()
    {
        await using var db = Open(folder.Database);
        await HubDatabase.MigrateAsync(db);
        await AddAsync(db, "ada");
        await using var writing = await db.Database.BeginTransactionAsync();
        await AddAsync(db, "ben");

        DatabaseBackup.Copy(folder.Database, temporary["copy.db"]);

        await using var copy = Open(temporary["copy.db"]);
        Assert.Equal("ada", (await copy.Users.SingleAsync()).UserName);
        Assert.Equal(["copy.db"], Directory.GetFiles(temporary.Path).Select(Path.GetFileName).Where(name => name!.StartsWith("copy", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Copy_FileIsThere_IsNotOverwritten()
    {
        await using (var db = Open(folder.Database)) await HubDatabase.MigrateAsync(db);
        await File.WriteAllTextAsync(temporary["copy.db"], "mine");

        Assert.Contains("nothing is overwritten", Assert.Throws<DataFolderException>(() => DatabaseBackup.Copy(folder.Database, temporary["copy.db"])).Message);
        Assert.Equal("mine", await File.ReadAllTextAsync(temporary["copy.db"]));
    }

    [Fact]
    public async Task Restore_Copy_BringsItBackAndKeepsTheOther()
    {
        await using (var db = Open(folder.Database))
        {
            await HubDatabase.MigrateAsync(db);
            await AddAsync(db, "ada");
            DatabaseBackup.Copy(folder.Database, temporary["copy.db"]);
            await AddAsync(db, "ben");
        }
        SqliteConnection.ClearAllPools();

        var aside = DatabaseBackup.Restore(temporary["copy.db"], folder.Database, Now);

        await using var restored = Open(folder.Database);
        Assert.Equal(["ada"], await restored.Users.Select(person => person.UserName).ToListAsync());
        await using var old = Open(aside!);
        Assert.Equal(["ada", "ben"], await old.Users.Select(person => person.UserName).Order().ToListAsync());
    }

    [Theory]
    [InlineData("no database at all, but long enough to look at")]
    [InlineData("")]
    public async Task Restore_SomethingElse_LeavesTheDatabaseAlone(string content)
    {
        await using (var db = Open(folder.Database))
        {
            await HubDatabase.MigrateAsync(db);
            await AddAsync(db, "ada");
        }
        await File.WriteAllTextAsync(temporary["other.db"], content);

        Assert.Throws<DataFolderException>(() => DatabaseBackup.Restore(temporary["other.db"], folder.Database, Now));

        await using var same = Open(folder.Database);
        Assert.Equal("ada", (await same.Users.SingleAsync()).UserName);
    }

    [Fact]
    public async Task Restore_DamagedCopy_IsRefused()
    {
        await using (var db = Open(folder.Database)) await HubDatabase.MigrateAsync(db);
        DatabaseBackup.Copy(folder.Database, temporary["copy.db"]);
        var bytes = await File.ReadAllBytesAsync(temporary["copy.db"]);
        Array.Fill(bytes, (byte)0x5a, 4096, bytes.Length - 4096);
        await File.WriteAllBytesAsync(temporary["copy.db"], bytes);

        Assert.Throws<DataFolderException>(() => DatabaseBackup.Restore(temporary["copy.db"], folder.Database, Now));
    }

    [Fact]
    public async Task MigrateWithBackup_FreshFolder_CopiesNothing()
    {
        await using var db = Open(folder.Database);

        Assert.Null(await HubDatabase.MigrateWithBackupAsync(db, folder, Now));
        Assert.Null(await HubDatabase.MigrateWithBackupAsync(db, folder, Now));
    }

    [Fact]
    public async Task MigrateWithBackup_OlderSchema_CopiesItFirst()
    {
        await using var db = Open(folder.Database);
        var first = db.Database.GetMigrations().First();
        await db.GetService<IMigrator>().MigrateAsync(first);

        var copy = await HubDatabase.MigrateWithBackupAsync(db, folder, Now);

        Assert.Equal(Path.Combine(folder.Backups, $"before-migration-20260301T120000000Z-{first}.db"), copy);
        await using var old = Open(copy!);
        Assert.Equal([first], await old.Database.GetAppliedMigrationsAsync());
        Assert.Empty(await db.Database.GetPendingMigrationsAsync());
    }

    [Fact]
    public async Task CopyBeforeMigration_OftenDone_KeepsTheLastTen()
    {
        await using (var db = Open(folder.Database)) await HubDatabase.MigrateAsync(db);

        for (var day = 0; day < 12; day++) DatabaseBackup.CopyBeforeMigration(folder.Database, folder.Backups, "X", Now.AddDays(day));

        var kept = Directory.GetFiles(folder.Backups).Select(Path.GetFileName).Order().ToList();
        Assert.Equal(DatabaseBackup.KeptBeforeMigrations, kept.Count);
        Assert.Equal("before-migration-20260303T120000000Z-X.db", kept[0]);
    }

    [Fact]
    public void SiteLock_TakenTwice_SaysThatASiteRuns()
    {
        using (SiteLock.Take(folder)) Assert.Contains("A site runs on", Assert.Throws<DataFolderException>(() => SiteLock.Take(folder)).Message);

        SiteLock.Take(folder).Dispose();
    }

    public Task InitializeAsync()
    {
        folder = DataFolder.Locate(temporary.Path, repository: null, localApplicationData: "");
        folder.Create();
        return Task.CompletedTask;
    }

    public Task DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        temporary.Dispose();
        return Task.CompletedTask;
    }

    private static RlhfHubDbContext Open(string path)
    {
        var options = new DbContextOptionsBuilder<RlhfHubDbContext>();
        HubDatabase.Configure(options, path);
        return new RlhfHubDbContext(options.Options);
    }

    private static async Task AddAsync(RlhfHubDbContext db, string name)
    {
        db.Add(new Person { UserName = name, NormalizedUserName = name.ToUpperInvariant() });
        await db.SaveChangesAsync();
    }
}
