using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.People;

/// <summary>What admins of the site do with accounts. A project's members are <see cref="MemberService"/>.</summary>
public sealed class PeopleService(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, TimeProvider time)
{
    /// <summary>Most people that a page holds.</summary>
    public const int MaxPageSize = 200;

    /// <summary>People by address, a page at a time.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="search">A part of the name or address; empty for all.</param>
    /// <param name="after">The address that the page before ended with; null for the first page.</param>
    /// <param name="count">How many at most, 1 to <see cref="MaxPageSize"/>.</param>
    /// <param name="cancellationToken">Stops it.</param>
    [Requires(Policy.ManageSite, ReadsOnly = true)]
    public async Task<IReadOnlyList<PersonSummary>> ListAsync(Actor actor, string? search, string? after, int count, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.ManageSite, readsOnly: true);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var people = db.Users.AsNoTracking();
        if (!string.IsNullOrWhiteSpace(search))
        {
            var part = search.Trim().ToUpperInvariant();
            people = people.Where(person => person.NormalizedUserName!.Contains(part) || person.DisplayName.ToUpper().Contains(part));
        }
        if (after is not null)
        {
            var last = after.Trim().ToUpperInvariant();
            people = people.Where(person => string.Compare(person.NormalizedUserName, last) > 0);
        }
        return await people.OrderBy(person => person.NormalizedUserName).Take(Math.Clamp(count, 1, MaxPageSize))
            .Select(person => new PersonSummary(person.Id, person.Email!, person.DisplayName, person.IsSiteAdmin, person.IsDisabled, person.TwoFactorEnabled, person.CreatedAt))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Keeps somebody out, or lets them in again. Sessions end within a minute, tokens at once.</summary>
    /// <exception cref="InvalidRequestException">It is the last admin of the site.</exception>
    [Requires(Policy.ManageSite)]
    public async Task SetDisabledAsync(Actor actor, Guid personId, bool isDisabled, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.ManageSite);
        await ChangeAsync(actor, personId, isDisabled ? "person.disable" : "person.enable", person =>
        {
            if (person.IsDisabled == isDisabled) return false;
            person.IsDisabled = isDisabled;
            Accounts.RevokeSessions(person);
            return true;
        }, cancellationToken);
    }

    /// <summary>Makes somebody an admin of the site, or takes that away.</summary>
    /// <exception cref="InvalidRequestException">It is the last admin of the site.</exception>
    [Requires(Policy.ManageSite)]
    public async Task SetSiteAdminAsync(Actor actor, Guid personId, bool isSiteAdmin, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.ManageSite);
        await ChangeAsync(actor, personId, isSiteAdmin ? "person.make-site-admin" : "person.take-site-admin", person =>
        {
            if (person.IsSiteAdmin == isSiteAdmin) return false;
            person.IsSiteAdmin = isSiteAdmin;
            return true;
        }, cancellationToken);
    }

    /// <summary>Signs somebody out everywhere, within a minute. Tokens stay.</summary>
    [Requires(Policy.ManageSite)]
    public async Task RevokeSessionsAsync(Actor actor, Guid personId, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.ManageSite);
        await ChangeAsync(actor, personId, "person.revoke-sessions", person =>
        {
            Accounts.RevokeSessions(person);
            return true;
        }, cancellationToken);
    }

    private Task ChangeAsync(Actor actor, Guid personId, string action, Func<Person, bool> change, CancellationToken cancellationToken) => writes.RunAsync(async db =>
    {
        var person = await db.Users.SingleOrDefaultAsync(person => person.Id == personId, cancellationToken) ?? throw AccessException.NotFound("person", personId);
        if (!change(person)) return;
        await db.SaveChangesAsync(cancellationToken);
        if (!await db.Users.AnyAsync(other => other.IsSiteAdmin && !other.IsDisabled, cancellationToken))
            throw new InvalidRequestException("", "This is the last admin of the site; make somebody else one first.");
        await AuditLog.RecordAsync(db, actor, action, null, personId.ToString(), null, time.GetUtcNow().UtcDateTime, cancellationToken);
    }, cancellationToken);
}

/// <summary>A person in the admins' list.</summary>
/// <param name="Id">The id.</param>
/// <param name="Email">The address to sign in with.</param>
/// <param name="DisplayName">The name that others see.</param>
/// <param name="IsSiteAdmin">Whether the person may do everything here.</param>
/// <param name="IsDisabled">Whether the person is kept out.</param>
/// <param name="HasTwoFactor">Whether a code is asked for at sign-in.</param>
/// <param name="CreatedAt">Since when.</param>
public sealed record PersonSummary(Guid Id, string Email, string DisplayName, bool IsSiteAdmin, bool IsDisabled, bool HasTwoFactor, DateTime CreatedAt);
