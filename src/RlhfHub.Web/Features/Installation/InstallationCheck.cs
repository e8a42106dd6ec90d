using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Web.Features.Rounds;

namespace RlhfHub.Web.Features.Installation;

/// <summary>Looks at what the site stands on.</summary>
public sealed class InstallationCheck(DataFolder dataFolder, IDbContextFactory<RlhfHubDbContext> contexts, WorkerLocation worker)
{
    public async Task<InstallationStatus> ReadAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var applied = await db.Database.GetAppliedMigrationsAsync(cancellationToken);
        return new(dataFolder.Path, dataFolder.Database, applied.LastOrDefault(), worker.Path, worker.Source, worker.IsThere);
    }
}

/// <summary>The state of an installation at one moment.</summary>
public sealed record InstallationStatus(
    string DataFolder, string Database, string? LastMigration, string WorkerPath, WorkerSource WorkerSource, bool IsWorkerThere);
