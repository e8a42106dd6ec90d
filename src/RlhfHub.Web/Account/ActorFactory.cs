using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;

namespace RlhfHub.Web.Account;

/// <summary>
/// Makes the Actor of use cases from a principal. What the person may do is read from the database at each call, and a session that was revoked or whose person is kept out
/// is nobody at once.
/// </summary>
public sealed class ActorFactory(IDbContextFactory<RlhfHubDbContext> contexts)
{
    /// <summary>The claim of a session's security stamp; Identity's own name for it.</summary>
    internal const string StampClaim = "AspNet.Identity.SecurityStamp";

    /// <summary>The claim with the scope of a token; sessions of browsers have none.</summary>
    internal const string ScopeClaim = "rlhfhub:scope";

    public async Task<Actor> FromAsync(ClaimsPrincipal? principal, CancellationToken cancellationToken)
    {
        if (principal?.Identity is not { IsAuthenticated: true } || !Guid.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier), out var id)) return Actor.Anonymous;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var person = await db.Users.AsNoTracking().Where(person => person.Id == id && !person.IsDisabled)
            .Select(person => new { person.IsSiteAdmin, person.SecurityStamp }).SingleOrDefaultAsync(cancellationToken);
        if (person is null) return Actor.Anonymous;
        if (principal.FindFirstValue(ScopeClaim) is { } scope) return new(id, person.IsSiteAdmin, Enum.Parse<ActorScope>(scope));
        return principal.FindFirstValue(StampClaim) == person.SecurityStamp ? new(id, person.IsSiteAdmin) : Actor.Anonymous;
    }
}
