using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.People;

/// <summary>What a person sees and changes of themselves.</summary>
public sealed class ProfileService(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, TimeProvider time)
{
    /// <summary>The person's own profile.</summary>
    [Requires(Policy.SignedIn, ReadsOnly = true)]
    public async Task<Profile> GetAsync(Actor actor, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.SignedIn, readsOnly: true);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var person = await Accounts.OwnAsync(db, actor, cancellationToken);
        return new(person.Id, person.Email!, person.DisplayName, person.IsSiteAdmin, person.CreatedAt);
    }

    /// <summary>Changes the name that others see.</summary>
    /// <exception cref="InvalidRequestException">The name is empty or too long.</exception>
    [Requires(Policy.SignedIn)]
    public async Task RenameAsync(Actor actor, string? displayName, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.SignedIn);
        displayName = displayName?.Trim();
        if (PersonDetails.DisplayNameProblem(displayName) is { } problem) throw new InvalidRequestException("DisplayName", problem);
        await writes.RunAsync(async db =>
        {
            var person = await Accounts.OwnAsync(db, actor, cancellationToken);
            person.DisplayName = displayName!;
            await AuditLog.RecordAsync(db, actor, "person.rename", null, person.Id.ToString(), null, time.GetUtcNow().UtcDateTime, cancellationToken);
        }, cancellationToken);
    }
}

/// <summary>A person as they see themselves.</summary>
/// <param name="Id">The id.</param>
/// <param name="Email">The address to sign in with.</param>
/// <param name="DisplayName">The name that others see.</param>
/// <param name="IsSiteAdmin">Whether the person may do everything here.</param>
/// <param name="CreatedAt">Since when.</param>
public sealed record Profile(Guid Id, string Email, string DisplayName, bool IsSiteAdmin, DateTime CreatedAt);
