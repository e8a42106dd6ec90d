using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RlhfHub.Domain.Data;

namespace RlhfHub.Web.Features.Installation;

/// <summary>Healthy when the database answers a query; what it throws counts as unhealthy.</summary>
internal sealed class DatabaseHealth(IDbContextFactory<RlhfHubDbContext> contexts) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.Users.AnyAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
