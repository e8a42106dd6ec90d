using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using RlhfHub.Domain.Data;

namespace RlhfHub.Migrations;

/// <summary>Gives <c>dotnet ef</c> a context without starting the site. The file is never opened when a migration is added.</summary>
public sealed class DesignTimeContextFactory : IDesignTimeDbContextFactory<RlhfHubDbContext>
{
    public RlhfHubDbContext CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<RlhfHubDbContext>();
        HubDatabase.Configure(options, Path.Combine(Path.GetTempPath(), "rlhfhub-design-time.db"));
        return new RlhfHubDbContext(options.Options);
    }
}
