using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;

namespace RlhfHub.Web.Account;

/// <summary>
/// Makes the Actor of use cases from a principal. What the person may do is read from the database at each call, and a session that was revoked or whose person is kept out
/// is nobody at once, as is a token that was revoked or has expired.
/// </summary>
public sealed class ActorFactory(IDbContextFactory<RlhfHubDbContext> contexts, TimeProvider time)
{
    /// <summary>The claim of a session's security stamp; Identity's own name for it.</summary>
    internal const string StampClaim = "AspNet.Identity.SecurityStamp";

    /// <summary>The claim with the scope of a token; sessions of browsers have none.</summary>
    internal const string ScopeClaim = "rlhfhub:scope";

    /// <summary>The claim with the id of a token.</summary>
    internal const string TokenClaim = "rlhfhub:token";

    public async Task<Actor> FromAsync(ClaimsPrincipal? principal, CancellationToken cancellationToken)
    {
        if (principal?.Identity is not { IsAuthenticated: true } || !Guid.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier), out var id)) return Actor.Anonymous;
        Guid? tokenId = Guid.TryParse(principal.FindFirstValue(TokenClaim), out var token) ? token : null;
        var now = time.GetUtcNow().UtcDateTime;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var person = await db.Users.AsNoTracking().Where(person => person.Id == id && !person.IsDisabled)
            .Select(person => new { person.IsSiteAdmin, person.SecurityStamp, HasToken = db.PersonalTokens.Any(entry => entry.Id == tokenId && entry.PersonId == id && entry.ExpiresAt > now) })
            .SingleOrDefaultAsync(cancellationToken);
        if (person is null) return Actor.Anonymous;
        if (principal.FindFirstValue(ScopeClaim) is { } scope) return person.HasToken ? new(id, person.IsSiteAdmin, Enum.Parse<ActorScope>(scope)) : Actor.Anonymous;
        return principal.FindFirstValue(StampClaim) == person.SecurityStamp ? new(id, person.IsSiteAdmin) : Actor.Anonymous;
    }
}
