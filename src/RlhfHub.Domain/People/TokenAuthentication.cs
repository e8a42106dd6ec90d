using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.People;

/// <summary>Who a personal token speaks for.</summary>
public sealed class TokenAuthentication(IDbContextFactory<RlhfHubDbContext> contexts, TimeProvider time)
{
    private static readonly TimeSpan Precision = TimeSpan.FromMinutes(1);

    /// <summary>The person and the token; null when it is unknown, expired, or its person is kept out. Notes its use at most once a minute.</summary>
    public async Task<TokenOwner?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        if (!secret.StartsWith(PersonalToken.Prefix, StringComparison.Ordinal)) return null;
        var (hash, now) = (SecretToken.Hash(secret), time.GetUtcNow().UtcDateTime);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var found = await (
            from token in db.PersonalTokens
            join person in db.Users on token.PersonId equals person.Id
            where token.TokenHash == hash && token.ExpiresAt > now && !person.IsDisabled
            select new { token.Id, token.Scope, token.LastUsedAt, PersonId = person.Id }).AsNoTracking().SingleOrDefaultAsync(cancellationToken);
        if (found is null) return null;
        if (found.LastUsedAt is null || found.LastUsedAt <= now - Precision)
            await db.PersonalTokens.Where(token => token.Id == found.Id).ExecuteUpdateAsync(set => set.SetProperty(token => token.LastUsedAt, now), cancellationToken);
        return new(found.PersonId, found.Id, found.Scope);
    }
}

/// <summary>Who a token speaks for.</summary>
/// <param name="PersonId">The person.</param>
/// <param name="TokenId">The token.</param>
/// <param name="Scope">What it may be used for.</param>
public sealed record TokenOwner(Guid PersonId, Guid TokenId, ActorScope Scope);
