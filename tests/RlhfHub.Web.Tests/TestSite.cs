using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;

namespace RlhfHub.Web.Tests;

/// <summary>The real site inside the test's process, in Production, with an empty data folder.</summary>
public sealed class TestSite : WebApplicationFactory<Program>
{
    private readonly TemporaryFolder data = new();

    protected override void ConfigureWebHost(IWebHostBuilder builder) => builder.UseEnvironment("Production").UseSetting("RLHFHUB_DATA", data.Path);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        data.Dispose();
    }
}
