using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.People;

/// <summary>A person's own two-factor sign-in: an authenticator app and codes for when it is lost.</summary>
public sealed class TwoFactorService(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, TimeProvider time)
{
    /// <summary>Whether it is on, and how many recovery codes are left.</summary>
    [Requires(Policy.SignedIn, ReadsOnly = true)]
    public async Task<TwoFactorStatus> GetAsync(Actor actor, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.SignedIn, readsOnly: true);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var person = await Accounts.OwnAsync(db, actor, cancellationToken);
        return new(person.TwoFactorEnabled, person.RecoveryCodeHashes.Count);
    }

    /// <summary>The key that waits to be put into an authenticator app; the same until it is confirmed, so that a reloaded page shows it again.</summary>
    /// <exception cref="InvalidRequestException">It is on already.</exception>
    [Requires(Policy.SignedIn)]
    public async Task<AuthenticatorSetUp> BeginAsync(Actor actor, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.SignedIn);
        return await writes.RunAsync(async db =>
        {
            var person = await OwnWithoutAsync(db, actor, cancellationToken);
            if (person.AuthenticatorKey is null)
            {
                person.AuthenticatorKey = AuthenticatorCode.NewKey();
                person.LastAuthenticatorStep = 0;
                await AuditLog.RecordAsync(db, actor, "person.begin-two-factor", null, person.Id.ToString(), null, time.GetUtcNow().UtcDateTime, cancellationToken);
            }
            return new AuthenticatorSetUp(person.AuthenticatorKey, AuthenticatorCode.Address(person.AuthenticatorKey, person.Email!));
        }, cancellationToken);
    }

    /// <summary>Switches it on once the app shows the right code. Sessions that began without it end.</summary>
    /// <returns>The recovery codes, never to be seen again.</returns>
    /// <exception cref="InvalidRequestException">The code is wrong.</exception>
    [Requires(Policy.SignedIn)]
    public async Task<IReadOnlyList<string>> EnableAsync(Actor actor, string? code, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.SignedIn);
        return await writes.RunAsync(async db =>
        {
            var person = await OwnWithoutAsync(db, actor, cancellationToken);
            if (person.AuthenticatorKey is not { } key || AuthenticatorCode.FindStep(key, code, person.LastAuthenticatorStep, time.GetUtcNow()) is not { } step)
                throw new InvalidRequestException("Code", "This code does not fit. Check that the app's clock is right and take the code it shows now.");
            person.TwoFactorEnabled = true;
            person.LastAuthenticatorStep = step;
            Accounts.RevokeSessions(person);
            var codes = GiveNewCodes(person);
            await AuditLog.RecordAsync(db, actor, "person.enable-two-factor", null, person.Id.ToString(), null, time.GetUtcNow().UtcDateTime, cancellationToken);
            return codes;
        }, cancellationToken);
    }

    /// <summary>Switches it off and forgets the key.</summary>
    /// <exception cref="InvalidRequestException">The password is wrong.</exception>
    [Requires(Policy.SignedIn)]
    public async Task DisableAsync(Actor actor, string? password, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.SignedIn);
        await RequirePasswordAsync(actor, password, cancellationToken);
        await writes.RunAsync(async db =>
        {
            var person = await Accounts.OwnAsync(db, actor, cancellationToken);
            person.TwoFactorEnabled = false;
            person.AuthenticatorKey = null;
            person.RecoveryCodeHashes = [];
            Accounts.RevokeSessions(person);
            await AuditLog.RecordAsync(db, actor, "person.disable-two-factor", null, person.Id.ToString(), null, time.GetUtcNow().UtcDateTime, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Replaces the recovery codes.</summary>
    /// <returns>The new ones, never to be seen again.</returns>
    /// <exception cref="InvalidRequestException">The password is wrong, or two-factor sign-in is off.</exception>
    [Requires(Policy.SignedIn)]
    public async Task<IReadOnlyList<string>> RenewRecoveryCodesAsync(Actor actor, string? password, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.SignedIn);
        await RequirePasswordAsync(actor, password, cancellationToken);
        return await writes.RunAsync(async db =>
        {
            var person = await Accounts.OwnAsync(db, actor, cancellationToken);
            if (!person.TwoFactorEnabled) throw new InvalidRequestException("", "Two-factor sign-in is off; switch it on to get recovery codes.");
            var codes = GiveNewCodes(person);
            await AuditLog.RecordAsync(db, actor, "person.renew-recovery-codes", null, person.Id.ToString(), null, time.GetUtcNow().UtcDateTime, cancellationToken);
            return codes;
        }, cancellationToken);
    }

    private static IReadOnlyList<string> GiveNewCodes(Person person)
    {
        var codes = RecoveryCodes.New();
        person.RecoveryCodeHashes = [.. codes.Select(RecoveryCodes.Hash)];
        return codes;
    }

    private static async Task<Person> OwnWithoutAsync(RlhfHubDbContext db, Actor actor, CancellationToken cancellationToken)
    {
        var person = await Accounts.OwnAsync(db, actor, cancellationToken);
        return person.TwoFactorEnabled ? throw new InvalidRequestException("", "Two-factor sign-in is on already.") : person;
    }

    // Somebody at a keyboard that was left unlocked must not be able to weaken the account.
    private async Task RequirePasswordAsync(Actor actor, string? password, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (!Accounts.Verifies((await Accounts.OwnAsync(db, actor, cancellationToken)).PasswordHash, password)) throw new InvalidRequestException("Password", "This is not your password.");
    }
}

/// <summary>The state of somebody's two-factor sign-in.</summary>
/// <param name="IsOn">Whether a code is asked for.</param>
/// <param name="RecoveryCodesLeft">How many recovery codes are left.</param>
public sealed record TwoFactorStatus(bool IsOn, int RecoveryCodesLeft);

/// <summary>What goes into an authenticator app.</summary>
/// <param name="Key">The key in Base32, for typing.</param>
/// <param name="Address">The otpauth address, for a QR code.</param>
public sealed record AuthenticatorSetUp(string Key, string Address);
