using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.Tests.Data;

/// <summary>Nothing in the model works on SQLite only: PostgreSQL's provider takes it whole.</summary>
public sealed class PostgresModelTests
{
    [Fact]
    public void Model_OnPostgres_MakesEveryTable()
    {
        using var services = new ServiceCollection().Configure<IdentityOptions>(options => options.Stores.SchemaVersion = IdentitySchemaVersions.Version3).BuildServiceProvider();
        var options = new DbContextOptionsBuilder<RlhfHubDbContext>().UseNpgsql("Host=nowhere").UseApplicationServiceProvider(services).Options;
        using var db = new RlhfHubDbContext(options);

        var script = db.Database.GenerateCreateScript();

        foreach (var table in db.Model.GetEntityTypes().Select(type => type.GetTableName()!).Distinct()) Assert.Contains($"CREATE TABLE \"{table}\"", script);
        Assert.DoesNotContain("timestamp without time zone", script);
    }
}
