using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.People;

/// <summary>An installation begins without any account: its first admin is made at the first start, and only while there is none.</summary>
public sealed class FirstAdmin(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, TimeProvider time)
{
    /// <summary>Whether an admin must be made.</summary>
    public async Task<bool> IsMissingAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return !await db.Users.AnyAsync(person => person.IsSiteAdmin, cancellationToken);
    }

    /// <summary>Makes the first admin. Called by who has proven to own the machine: by a setting, or by a link from its terminal.</summary>
    /// <returns>The admin's id; null when there is an admin already, and nothing was done.</returns>
    /// <exception cref="InvalidRequestException">The details are wrong.</exception>
    public async Task<Guid?> CreateAsync(PersonDetails details, CancellationToken cancellationToken)
    {
        details = details.Trimmed();
        InvalidRequestException.ThrowIfAny(details.Problems());
        var hash = Accounts.HashOf(details.Password!);
        return await writes.RunAsync<Guid?>(async db =>
        {
            if (await db.Users.AnyAsync(person => person.IsSiteAdmin, cancellationToken)) return null;
            var now = time.GetUtcNow().UtcDateTime;
            var person = await Accounts.AddAsync(db, details, hash, now, cancellationToken);
            person.IsSiteAdmin = true;
            await AuditLog.RecordAsync(db, new Actor(person.Id), "site.set-up", null, person.Id.ToString(), null, now, cancellationToken);
            return person.Id;
        }, cancellationToken);
    }
}
