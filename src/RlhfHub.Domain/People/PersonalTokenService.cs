using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.People;

/// <summary>A person's own tokens for programs.</summary>
public sealed class PersonalTokenService(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, TimeProvider time)
{
    /// <summary>Longest life of a token, in days.</summary>
    public const int MaxDays = 366;

    /// <summary>The most tokens of one person.</summary>
    public const int MaxTokens = 50;

    /// <summary>The person's tokens, newest first, those that have expired included.</summary>
    [Requires(Policy.SignedIn, ReadsOnly = true)]
    public async Task<IReadOnlyList<PersonalTokenSummary>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.SignedIn, readsOnly: true);
        var now = time.GetUtcNow().UtcDateTime;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.PersonalTokens.AsNoTracking().Where(token => token.PersonId == actor.Id).OrderByDescending(token => token.CreatedAt).ThenByDescending(token => token.Id)
            .Select(token => new PersonalTokenSummary(token.Id, token.Name, token.Scope, token.CreatedAt, token.ExpiresAt, token.ExpiresAt <= now, token.LastUsedAt))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Makes a token.</summary>
    /// <param name="actor">Whose.</param>
    /// <param name="name">What the person calls it.</param>
    /// <param name="scope">What it may be used for; not more than the caller's own.</param>
    /// <param name="days">How long it lives, 1 to <see cref="MaxDays"/>.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The token, never to be seen again.</returns>
    /// <exception cref="InvalidRequestException">The name, scope or life is wrong.</exception>
    [Requires(Policy.SignedIn)]
    public async Task<string> CreateAsync(Actor actor, string? name, ActorScope scope, int days, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.SignedIn);
        name = name?.Trim();
        var errors = new Dictionary<string, string>();
        if (string.IsNullOrEmpty(name) || name.Length > PersonalToken.MaxNameLength) errors["Name"] = $"Give the token a name of 1 to {PersonalToken.MaxNameLength} characters, so that you know it again.";
        if (scope is not (ActorScope.Read or ActorScope.Label or ActorScope.Everything)) errors["Scope"] = "Choose what the token may do: read, label or everything.";
        if (days is < 1 or > MaxDays) errors["Days"] = $"A token lives 1 to {MaxDays} days.";
        InvalidRequestException.ThrowIfAny(errors);
        return await writes.RunAsync(async db =>
        {
            var person = await Accounts.OwnAsync(db, actor, cancellationToken);
            if (await db.PersonalTokens.CountAsync(token => token.PersonId == person.Id, cancellationToken) >= MaxTokens)
                throw new InvalidRequestException("Name", $"You have {MaxTokens} tokens, which is the most; revoke one first.");
            var now = time.GetUtcNow().UtcDateTime;
            var secret = SecretToken.New(PersonalToken.Prefix);
            var token = new PersonalToken { PersonId = person.Id, Name = name!, TokenHash = SecretToken.Hash(secret), Scope = scope, CreatedAt = now, ExpiresAt = now.AddDays(days) };
            db.PersonalTokens.Add(token);
            await AuditLog.RecordAsync(db, actor, "token.create", null, token.Id.ToString(), new { scope, token.ExpiresAt }, now, cancellationToken);
            return secret;
        }, cancellationToken);
    }

    /// <summary>Ends a token at once.</summary>
    [Requires(Policy.SignedIn)]
    public async Task RevokeAsync(Actor actor, Guid tokenId, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.SignedIn);
        await writes.RunAsync(async db =>
        {
            var removed = await db.PersonalTokens.Where(token => token.Id == tokenId && token.PersonId == actor.Id).ExecuteDeleteAsync(cancellationToken);
            if (removed == 0) throw AccessException.NotFound("token", tokenId);
            await AuditLog.RecordAsync(db, actor, "token.revoke", null, tokenId.ToString(), null, time.GetUtcNow().UtcDateTime, cancellationToken);
        }, cancellationToken);
    }
}

/// <summary>A token in its owner's list.</summary>
/// <param name="Id">The id.</param>
/// <param name="Name">What the person calls it.</param>
/// <param name="Scope">What it may be used for.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="ExpiresAt">Until when.</param>
/// <param name="IsExpired">Whether that has passed.</param>
/// <param name="LastUsedAt">When it was last used, to the minute.</param>
public sealed record PersonalTokenSummary(Guid Id, string Name, ActorScope Scope, DateTime CreatedAt, DateTime ExpiresAt, bool IsExpired, DateTime? LastUsedAt);
