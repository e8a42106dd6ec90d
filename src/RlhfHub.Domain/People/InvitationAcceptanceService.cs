using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.People;

/// <summary>Taking an invitation: with a new account, or with the one that is signed in.</summary>
public sealed class InvitationAcceptanceService(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, TimeProvider time)
{
    /// <summary>What the invitation with this secret is about; null when it is unknown, taken, taken back or over.</summary>
    [Requires(Policy.Anybody, ReadsOnly = true)]
    public async Task<InvitationOffer?> FindAsync(Actor actor, string? token, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.Anybody);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (await FindOpenAsync(db, token, cancellationToken) is not { } invitation) return null;
        var project = await db.Projects.Where(project => project.Id == invitation.ProjectId).Select(project => project.Name).SingleOrDefaultAsync(cancellationToken);
        var inviter = await db.Users.Where(person => person.Id == invitation.InvitedById).Select(person => person.DisplayName).SingleAsync(cancellationToken);
        return new(project, invitation.Role, invitation.MakesSiteAdmin, invitation.Email, inviter);
    }

    /// <summary>Takes it for who is signed in. A member keeps the higher of both roles.</summary>
    /// <returns>Whether it was worth something.</returns>
    /// <exception cref="InvalidRequestException">It is for another address.</exception>
    [Requires(Policy.SignedIn)]
    public async Task<bool> AcceptAsync(Actor actor, string? token, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.SignedIn);
        return await writes.RunAsync(async db =>
        {
            if (await FindOpenAsync(db, token, cancellationToken) is not { } invitation) return false;
            var person = await Accounts.OwnAsync(db, actor, cancellationToken);
            RequireAddress(invitation, person.Email);
            await TakeAsync(db, invitation, person, cancellationToken);
            return true;
        }, cancellationToken);
    }

    /// <summary>Makes an account and takes the invitation with it.</summary>
    /// <returns>The new person's id; null when the invitation is worth nothing.</returns>
    /// <exception cref="InvalidRequestException">The details are wrong, or it is for another address.</exception>
    [Requires(Policy.Anybody)]
    public async Task<Guid?> AcceptAsNewAsync(Actor actor, string? token, PersonDetails details, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.Anybody);
        details = details.Trimmed();
        await using (var reader = await contexts.CreateDbContextAsync(cancellationToken))
            if (await FindOpenAsync(reader, token, cancellationToken) is null) return null;
        InvalidRequestException.ThrowIfAny(details.Problems());
        var hash = Accounts.HashOf(details.Password!);
        return await writes.RunAsync<Guid?>(async db =>
        {
            if (await FindOpenAsync(db, token, cancellationToken) is not { } invitation) return null;
            RequireAddress(invitation, details.Email);
            var person = await Accounts.AddAsync(db, details, hash, time.GetUtcNow().UtcDateTime, cancellationToken);
            await TakeAsync(db, invitation, person, cancellationToken);
            return person.Id;
        }, cancellationToken);
    }

    private async Task<Invitation?> FindOpenAsync(RlhfHubDbContext db, string? token, CancellationToken cancellationToken)
    {
        if (token is null) return null;
        var (hash, now) = (SecretToken.Hash(token), time.GetUtcNow().UtcDateTime);
        return await db.Invitations.SingleOrDefaultAsync(
            invitation => invitation.TokenHash == hash && invitation.AcceptedAt == null && invitation.RevokedAt == null && invitation.ExpiresAt > now, cancellationToken);
    }

    private static void RequireAddress(Invitation invitation, string? email)
    {
        if (invitation.Email is { } only && !only.Equals(email, StringComparison.OrdinalIgnoreCase)) throw new InvalidRequestException("Email", $"This invitation is for {only} only.");
    }

    private async Task TakeAsync(RlhfHubDbContext db, Invitation invitation, Person person, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        invitation.AcceptedAt = now;
        invitation.AcceptedById = person.Id;
        if (invitation.MakesSiteAdmin) person.IsSiteAdmin = true;
        if (invitation.ProjectId is { } projectId)
        {
            var member = await db.ProjectMembers.SingleOrDefaultAsync(member => member.ProjectId == projectId && member.PersonId == person.Id, cancellationToken);
            if (member is null) db.ProjectMembers.Add(new ProjectMember { ProjectId = projectId, PersonId = person.Id, Role = invitation.Role, JoinedAt = now });
            else if (member.Role < invitation.Role) member.Role = invitation.Role;
        }
        await AuditLog.RecordAsync(db, new Actor(person.Id), "invitation.accept", invitation.ProjectId, invitation.Id.ToString(), new { invitation.Role, invitation.MakesSiteAdmin }, now, cancellationToken);
    }
}

/// <summary>What somebody is invited to.</summary>
/// <param name="Project">The project's name; null for the site alone.</param>
/// <param name="Role">What the person will be there.</param>
/// <param name="MakesSiteAdmin">Whether the person will be an admin of the site.</param>
/// <param name="Email">The only address that may take it.</param>
/// <param name="InvitedBy">The name of who invites.</param>
public sealed record InvitationOffer(string? Project, ProjectRole Role, bool MakesSiteAdmin, string? Email, string InvitedBy);
