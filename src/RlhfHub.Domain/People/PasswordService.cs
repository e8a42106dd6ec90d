using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.People;

/// <summary>Choosing a new password: with the old one, or with a link that an admin handed over.</summary>
public sealed class PasswordService(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, PasswordResetLinks links, TimeProvider time)
{
    /// <summary>Changes the person's own password and ends all other sessions.</summary>
    /// <exception cref="InvalidRequestException">The present password is wrong or the new one is no good.</exception>
    [Requires(Policy.SignedIn)]
    public async Task ChangeAsync(Actor actor, string? currentPassword, string? newPassword, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.SignedIn);
        await using var reader = await contexts.CreateDbContextAsync(cancellationToken);
        var before = await Accounts.OwnAsync(reader, actor, cancellationToken);
        if (PasswordRules.Problem(newPassword, before.Email!) is { } problem) throw new InvalidRequestException("NewPassword", problem);
        var isRight = Accounts.Verifies(before.PasswordHash, currentPassword);
        if (!isRight) throw new InvalidRequestException("CurrentPassword", "This is not your present password.");
        var hash = Accounts.HashOf(newPassword!);
        await writes.RunAsync(async db =>
        {
            var person = await Accounts.OwnAsync(db, actor, cancellationToken);
            if (person.PasswordHash != before.PasswordHash) throw new StaleVersionException("password");
            Accounts.ChangePassword(person, hash);
            await AuditLog.RecordAsync(db, actor, "person.change-password", null, person.Id.ToString(), null, time.GetUtcNow().UtcDateTime, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Makes a link with which a person chooses a new password; the one before is worth nothing from now on.</summary>
    /// <returns>The link's secret, which is never shown again.</returns>
    [Requires(Policy.ManageSite)]
    public async Task<NewResetLink> CreateResetLinkAsync(Actor actor, Guid personId, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.ManageSite);
        return await links.CreateAsync(actor, person => person.Id == personId, cancellationToken) ?? throw AccessException.NotFound("person", personId);
    }

    /// <summary>Whether a reset link's secret is still worth something.</summary>
    [Requires(Policy.Anybody, ReadsOnly = true)]
    public async Task<bool> IsResetOpenAsync(Actor actor, string? token, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.Anybody);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await FindResetAsync(db, token, cancellationToken) is not null;
    }

    /// <summary>Chooses a new password with a reset link, which is then used up. Two-factor sign-in stays as it was.</summary>
    /// <returns>Whether the link was worth something; nothing is changed otherwise.</returns>
    /// <exception cref="InvalidRequestException">The password is no good; the link stays.</exception>
    [Requires(Policy.Anybody)]
    public async Task<bool> ResetAsync(Actor actor, string? token, string? newPassword, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.Anybody);
        await using (var reader = await contexts.CreateDbContextAsync(cancellationToken))
        {
            if (await FindResetAsync(reader, token, cancellationToken) is not { } open) return false;
            var email = await reader.Users.Where(person => person.Id == open.PersonId).Select(person => person.Email).SingleAsync(cancellationToken);
            if (PasswordRules.Problem(newPassword, email!) is { } problem) throw new InvalidRequestException("NewPassword", problem);
        }
        var hash = Accounts.HashOf(newPassword!);
        return await writes.RunAsync(async db =>
        {
            if (await FindResetAsync(db, token, cancellationToken) is not { } reset) return false;
            var person = await db.Users.SingleAsync(person => person.Id == reset.PersonId, cancellationToken);
            Accounts.ChangePassword(person, hash);
            db.Remove(reset);
            await AuditLog.RecordAsync(db, new Actor(person.Id), "person.reset-password", null, person.Id.ToString(), null, time.GetUtcNow().UtcDateTime, cancellationToken);
            return true;
        }, cancellationToken);
    }

    private async Task<PasswordReset?> FindResetAsync(RlhfHubDbContext db, string? token, CancellationToken cancellationToken)
    {
        if (token is null) return null;
        var (hash, now) = (SecretToken.Hash(token), time.GetUtcNow().UtcDateTime);
        return await db.PasswordResets.SingleOrDefaultAsync(reset => reset.TokenHash == hash && reset.ExpiresAt > now && !db.Users.Any(person => person.Id == reset.PersonId && person.IsDisabled), cancellationToken);
    }
}
