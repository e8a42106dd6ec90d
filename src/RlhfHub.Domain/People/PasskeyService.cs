using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.People;

/// <summary>A person's own passkeys.</summary>
public sealed class PasskeyService(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, TimeProvider time)
{
    /// <summary>The most passkeys of one person.</summary>
    public const int MaxPasskeys = 20;

    /// <summary>The person's passkeys, oldest first.</summary>
    [Requires(Policy.SignedIn, ReadsOnly = true)]
    public async Task<IReadOnlyList<PasskeySummary>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.SignedIn, readsOnly: true);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var passkeys = await db.UserPasskeys.AsNoTracking().Where(passkey => passkey.UserId == actor.Id).ToListAsync(cancellationToken);
        return [.. passkeys.OrderBy(passkey => passkey.Data.CreatedAt).Select(passkey => new PasskeySummary(passkey.CredentialId, passkey.Data.Name ?? "Passkey", passkey.Data.CreatedAt.UtcDateTime))];
    }

    /// <summary>Adds a passkey that the caller has verified.</summary>
    /// <exception cref="InvalidRequestException">There are too many, or the name is too long.</exception>
    [Requires(Policy.SignedIn)]
    public async Task AddAsync(Actor actor, UserPasskeyInfo passkey, string? name, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.SignedIn);
        name = string.IsNullOrWhiteSpace(name) ? "Passkey" : name.Trim();
        if (name.Length > 60) throw new InvalidRequestException("Name", "A passkey's name has at most 60 characters.");
        await writes.RunAsync(async db =>
        {
            var person = await Accounts.OwnAsync(db, actor, cancellationToken);
            if (await db.UserPasskeys.CountAsync(passkey => passkey.UserId == person.Id, cancellationToken) >= MaxPasskeys)
                throw new InvalidRequestException("Name", $"You have {MaxPasskeys} passkeys, which is the most; remove one first.");
            passkey.Name = name;
            using var store = new UserOnlyStore<Person, RlhfHubDbContext, Guid>(db);
            await store.AddOrUpdatePasskeyAsync(person, passkey, cancellationToken);
            await AuditLog.RecordAsync(db, actor, "person.add-passkey", null, person.Id.ToString(), null, time.GetUtcNow().UtcDateTime, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Removes a passkey.</summary>
    [Requires(Policy.SignedIn)]
    public async Task RemoveAsync(Actor actor, byte[] credentialId, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.SignedIn);
        await writes.RunAsync(async db =>
        {
            var removed = await db.UserPasskeys.Where(passkey => passkey.UserId == actor.Id && passkey.CredentialId == credentialId).ExecuteDeleteAsync(cancellationToken);
            if (removed > 0) await AuditLog.RecordAsync(db, actor, "person.remove-passkey", null, actor.Id.ToString(), null, time.GetUtcNow().UtcDateTime, cancellationToken);
        }, cancellationToken);
    }
}

/// <summary>A passkey in its owner's list.</summary>
/// <param name="CredentialId">Its id.</param>
/// <param name="Name">What the person calls it.</param>
/// <param name="CreatedAt">Since when.</param>
public sealed record PasskeySummary(byte[] CredentialId, string Name, DateTime CreatedAt);
