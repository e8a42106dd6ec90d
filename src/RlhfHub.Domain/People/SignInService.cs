using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.People;

/// <summary>Checks who somebody is. Every try is counted before it is checked, so that many at once are no more than one after another.</summary>
public sealed class SignInService(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, TimeProvider time)
{
    /// <summary>Wrong tries in a row until the account is locked.</summary>
    public const int MaxTries = 5;

    /// <summary>How long it is locked.</summary>
    public static readonly TimeSpan LockTime = TimeSpan.FromMinutes(15);

    /// <summary>Checks an address and a password. An unknown address, a wrong password, a locked and a disabled account are answered alike, in the same time.</summary>
    [Requires(Policy.Anybody)]
    public async Task<SignInCheck> CheckPasswordAsync(Actor actor, string? email, string? password, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.Anybody);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var id = (await Accounts.FindAsync(db, email, cancellationToken))?.Id;
        var person = id is { } known ? await CountTryAsync(known, cancellationToken) : null;
        var isRight = Accounts.Verifies(person?.PasswordHash, password);
        if (person is null || !isRight) return await RefuseAsync(person?.Id, "password", cancellationToken);
        if (person.TwoFactorEnabled)
        {
            // Wrong codes stay counted until a right one: who knows the password gets no further guesses by giving it again.
            await GiveTryBackAsync(person.Id, cancellationToken);
            return new(SignInOutcome.SecondFactorNeeded, person.Id);
        }
        return await AdmitAsync(person.Id, "password", cancellationToken);
    }

    /// <summary>Checks the authenticator's code of somebody whose password was right.</summary>
    [Requires(Policy.Anybody)]
    public async Task<SignInCheck> CheckCodeAsync(Actor actor, Guid personId, string? code, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.Anybody);
        if (await CountTryAsync(personId, cancellationToken) is not { TwoFactorEnabled: true, AuthenticatorKey: { } key }) return await RefuseAsync(null, "code", cancellationToken);
        var isRight = await writes.RunAsync(async db =>
        {
            var person = await db.Users.SingleAsync(person => person.Id == personId, cancellationToken);
            if (AuthenticatorCode.FindStep(key, code, person.LastAuthenticatorStep, time.GetUtcNow()) is not { } step) return false;
            person.LastAuthenticatorStep = step;
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }, cancellationToken);
        return isRight ? await AdmitAsync(personId, "code", cancellationToken) : await RefuseAsync(personId, "code", cancellationToken);
    }

    /// <summary>Checks a recovery code of somebody whose password was right; the code is worth nothing afterwards.</summary>
    [Requires(Policy.Anybody)]
    public async Task<SignInCheck> CheckRecoveryCodeAsync(Actor actor, Guid personId, string? code, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.Anybody);
        if (await CountTryAsync(personId, cancellationToken) is not { TwoFactorEnabled: true }) return await RefuseAsync(null, "recovery code", cancellationToken);
        var hash = RecoveryCodes.Hash(code);
        var isRight = await writes.RunAsync(async db =>
        {
            var person = await db.Users.SingleAsync(person => person.Id == personId, cancellationToken);
            if (!person.RecoveryCodeHashes.Contains(hash)) return false;
            person.RecoveryCodeHashes = [.. person.RecoveryCodeHashes.Where(other => other != hash)];
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }, cancellationToken);
        return isRight ? await AdmitAsync(personId, "recovery code", cancellationToken) : await RefuseAsync(personId, "recovery code", cancellationToken);
    }

    /// <summary>Lets somebody in with a passkey that the caller has verified, and keeps its use count, by which a copied one shows.</summary>
    [Requires(Policy.Anybody)]
    public async Task<SignInCheck> AdmitPasskeyAsync(Actor actor, Guid personId, UserPasskeyInfo passkey, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.Anybody);
        var isAllowed = await writes.RunAsync(async db =>
        {
            if (await db.Users.SingleOrDefaultAsync(person => person.Id == personId && !person.IsDisabled, cancellationToken) is not { } person) return false;
            using var store = new UserOnlyStore<Person, RlhfHubDbContext, Guid>(db);
            await store.AddOrUpdatePasskeyAsync(person, passkey, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }, cancellationToken);
        return isAllowed ? await AdmitAsync(personId, "passkey", cancellationToken) : await RefuseAsync(null, "passkey", cancellationToken);
    }

    /// <summary>Counts a try; null when no further one is allowed now.</summary>
    private Task<Person?> CountTryAsync(Guid personId, CancellationToken cancellationToken) => writes.RunAsync<Person?>(async db =>
    {
        var now = time.GetUtcNow();
        var person = await db.Users.SingleOrDefaultAsync(person => person.Id == personId, cancellationToken);
        if (person is null || person.IsDisabled || person.LockoutEnd > now) return null;
        person.AccessFailedCount++;
        if (person.AccessFailedCount >= MaxTries)
        {
            person.AccessFailedCount = 0;
            person.LockoutEnd = now + LockTime;   // lifted again should this very try be right
        }
        await db.SaveChangesAsync(cancellationToken);
        return person;
    }, cancellationToken);

    private Task GiveTryBackAsync(Guid personId, CancellationToken cancellationToken) => writes.RunAsync(async db =>
    {
        var person = await db.Users.SingleAsync(person => person.Id == personId, cancellationToken);
        if (person.AccessFailedCount > 0)
        {
            person.AccessFailedCount--;
        }
        else if (person.LockoutEnd is not null)
        {
            person.AccessFailedCount = MaxTries - 1;
            person.LockoutEnd = null;
        }
        await db.SaveChangesAsync(cancellationToken);
    }, cancellationToken);

    private async Task<SignInCheck> AdmitAsync(Guid personId, string way, CancellationToken cancellationToken)
    {
        await writes.RunAsync(async db =>
        {
            var person = await db.Users.SingleAsync(person => person.Id == personId, cancellationToken);
            person.AccessFailedCount = 0;
            person.LockoutEnd = null;
            await AuditLog.RecordAsync(db, new Actor(personId), "person.sign-in", null, personId.ToString(), new { way }, time.GetUtcNow().UtcDateTime, cancellationToken);
        }, cancellationToken);
        HubTelemetry.CountSignIn(way, isRight: true);
        return new(SignInOutcome.Admitted, personId);
    }

    private async Task<SignInCheck> RefuseAsync(Guid? countedId, string way, CancellationToken cancellationToken)
    {
        // Unknown addresses and tries at a locked account leave no entry: strangers could fill the log. The counter sees them.
        if (countedId is { } id)
        {
            await writes.RunAsync(async db =>
            {
                var now = time.GetUtcNow();
                var isLocked = (await db.Users.AsNoTracking().SingleAsync(person => person.Id == id, cancellationToken)).LockoutEnd > now;
                await AuditLog.RecordAsync(db, Actor.Anonymous, "person.sign-in-refused", null, id.ToString(), new { way, isLocked }, now.UtcDateTime, cancellationToken);
            }, cancellationToken);
        }
        HubTelemetry.CountSignIn(way, isRight: false);
        return new(SignInOutcome.Refused, null);
    }
}

/// <summary>What a check of somebody's sign-in came to.</summary>
/// <param name="Outcome">Which of the cases.</param>
/// <param name="PersonId">Who it is; null when refused.</param>
public sealed record SignInCheck(SignInOutcome Outcome, Guid? PersonId);

/// <summary>What a check of somebody's sign-in came to.</summary>
public enum SignInOutcome
{
    /// <summary>Something is wrong or the account is locked; which of them is not said.</summary>
    Refused,

    /// <summary>The password is right; a code is needed as well.</summary>
    SecondFactorNeeded,

    /// <summary>It is the person.</summary>
    Admitted,
}
