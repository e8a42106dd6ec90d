using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;

namespace RlhfHub.Domain.Tests.Data;

public sealed class HubDatabaseTests : IAsyncLifetime
{
    private readonly TemporaryFolder temporary = new();
    private readonly RlhfHubDbContext db;

    public HubDatabaseTests() => db = Open();

    [Fact]
    public async Task MigrateAsync_FreshFile_AppliesEveryMigrationInWalMode()
    {
        await HubDatabase.MigrateAsync(db);

        Assert.Equal(db.Database.GetMigrations(), await db.Database.GetAppliedMigrationsAsync());
        Assert.Equal("wal", await PragmaAsync("journal_mode"));
    }

    [Fact]
    public async Task MigrateAsync_AlreadyMigrated_KeepsTheData()
    {
        await HubDatabase.MigrateAsync(db);
        db.Add(new Person { UserName = "ada" });
        await db.SaveChangesAsync();

        await using var later = Open();
        await HubDatabase.MigrateAsync(later);

        Assert.Equal("ada", (await later.Users.SingleAsync()).UserName);
    }

    [Fact]
    public void Model_AgainstMigrations_HasNoPendingChanges() =>
        Assert.False(db.Database.HasPendingModelChanges(), "The model has changed since the last migration; run: dotnet ef migrations add NameOfTheChange -p migrations -o Sqlite");

    [Fact]
    public async Task AddHubDatabase_InAnApplication_GivesTheMigratedModel()
    {
        await using var services = new ServiceCollection().AddHubDatabase(temporary["hub.db"]).BuildServiceProvider();

        await using var fromFactory = await services.GetRequiredService<IDbContextFactory<RlhfHubDbContext>>().CreateDbContextAsync();

        Assert.False(fromFactory.Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task Connections_EveryOne_WaitForTheDiskAndCheckForeignKeys()
    {
        await HubDatabase.MigrateAsync(db);

        Assert.Equal(2L, await PragmaAsync("synchronous"));   // 2 is FULL
        Assert.Equal(1L, await PragmaAsync("foreign_keys"));
    }

    [Fact]
    public async Task IdentityStore_PersonWithPasskey_IsStoredAndFound()
    {
        await HubDatabase.MigrateAsync(db);
        using var store = new UserOnlyStore<Person, RlhfHubDbContext, Guid>(db);
        var person = new Person { UserName = "ada", NormalizedUserName = "ADA" };
        byte[] credential = [1, 2, 3];
        await store.CreateAsync(person);

        await store.AddOrUpdatePasskeyAsync(person, new UserPasskeyInfo(credential, [4], DateTimeOffset.UnixEpoch, 0, null, true, false, false, [5], [6]), CancellationToken.None);
        await store.UpdateAsync(person);

        var found = await store.FindByPasskeyIdAsync(credential, CancellationToken.None);
        Assert.Equal(person.Id, found?.Id);
        Assert.Equal(7, person.Id.Version);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await db.DisposeAsync();
        SqliteConnection.ClearAllPools();
        temporary.Dispose();
    }

    private RlhfHubDbContext Open()
    {
        var options = new DbContextOptionsBuilder<RlhfHubDbContext>();
        HubDatabase.Configure(options, temporary["hub.db"]);
        return new RlhfHubDbContext(options.Options);
    }

    private async Task<object?> PragmaAsync(string name)
    {
        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = $"PRAGMA {name}";
        var value = await command.ExecuteScalarAsync();
        await db.Database.CloseConnectionAsync();
        return value;
    }
}
