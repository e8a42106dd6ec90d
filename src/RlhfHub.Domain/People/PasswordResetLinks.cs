using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.People;

/// <summary>Makes reset links: for the page of the admins, and for who sits at the machine's own terminal.</summary>
public sealed class PasswordResetLinks(WriteTransactions writes, TimeProvider time)
{
    /// <summary>How long a link is worth something.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>Makes a link for who has the address, on behalf of the installation itself.</summary>
    /// <returns>The link's secret; null when nobody has the address.</returns>
    public Task<NewResetLink?> CreateForAsync(string email, CancellationToken cancellationToken)
    {
        var normalized = email.Trim().ToUpperInvariant();
        return CreateAsync(Actor.Anonymous, person => person.NormalizedUserName == normalized, cancellationToken);
    }

    internal Task<NewResetLink?> CreateAsync(Actor actor, Expression<Func<Person, bool>> whose, CancellationToken cancellationToken) => writes.RunAsync<NewResetLink?>(async db =>
    {
        if (await db.Users.SingleOrDefaultAsync(whose, cancellationToken) is not { } person) return null;
        var now = time.GetUtcNow().UtcDateTime;
        var secret = SecretToken.New();
        await db.PasswordResets.Where(reset => reset.PersonId == person.Id).ExecuteDeleteAsync(cancellationToken);
        db.PasswordResets.Add(new PasswordReset { PersonId = person.Id, TokenHash = SecretToken.Hash(secret), ExpiresAt = now + Lifetime });
        await AuditLog.RecordAsync(db, actor, "person.create-reset-link", null, person.Id.ToString(), null, now, cancellationToken);
        return new NewResetLink(secret, now + Lifetime);
    }, cancellationToken);
}

/// <summary>A reset link that was just made.</summary>
/// <param name="Secret">What the address ends with; never to be seen again.</param>
/// <param name="ExpiresAt">From when on it is worth nothing.</param>
public sealed record NewResetLink(string Secret, DateTime ExpiresAt);
