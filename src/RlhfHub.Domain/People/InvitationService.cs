using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.People;

/// <summary>Making, listing and taking back invitations. Taking one is <see cref="InvitationAcceptanceService"/>.</summary>
public sealed class InvitationService(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, Access access, TimeProvider time)
{
    /// <summary>Longest life of an invitation, in days.</summary>
    public const int MaxDays = 90;

    /// <summary>Most invitations that a list shows; the newest.</summary>
    private const int MaxListed = 200;

    /// <summary>Invites somebody into a project.</summary>
    /// <param name="actor">Who invites.</param>
    /// <param name="projectId">The project.</param>
    /// <param name="role">What the person will be there.</param>
    /// <param name="email">The only address that may take it; empty for any.</param>
    /// <param name="days">How long it lives, 1 to <see cref="MaxDays"/>.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The invitation with its link's secret, never to be seen again.</returns>
    /// <exception cref="InvalidRequestException">The role, address or life is wrong.</exception>
    [Requires(Policy.Manage)]
    public async Task<NewInvitation> InviteToProjectAsync(Actor actor, Guid projectId, ProjectRole role, string? email, int days, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        return await AddAsync(actor, projectId, role, makesSiteAdmin: false, email, days, cancellationToken);
    }

    /// <summary>Invites somebody onto the site, with no project yet.</summary>
    /// <param name="actor">Who invites.</param>
    /// <param name="makesSiteAdmin">Whether the person will be an admin of the site.</param>
    /// <param name="email">The only address that may take it; empty for any.</param>
    /// <param name="days">How long it lives, 1 to <see cref="MaxDays"/>.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The invitation with its link's secret, never to be seen again.</returns>
    /// <exception cref="InvalidRequestException">The address or life is wrong.</exception>
    [Requires(Policy.ManageSite)]
    public async Task<NewInvitation> InviteToSiteAsync(Actor actor, bool makesSiteAdmin, string? email, int days, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.ManageSite);
        return await AddAsync(actor, null, ProjectRole.Rater, makesSiteAdmin, email, days, cancellationToken);
    }

    /// <summary>A project's invitations, newest first.</summary>
    [Requires(Policy.Manage, ReadsOnly = true)]
    public async Task<IReadOnlyList<InvitationSummary>> ListForProjectAsync(Actor actor, Guid projectId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken, readsOnly: true);
        return await ListAsync(projectId, cancellationToken);
    }

    /// <summary>The site's own invitations, newest first.</summary>
    [Requires(Policy.ManageSite, ReadsOnly = true)]
    public async Task<IReadOnlyList<InvitationSummary>> ListForSiteAsync(Actor actor, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.ManageSite, readsOnly: true);
        return await ListAsync(null, cancellationToken);
    }

    /// <summary>Takes a project's invitation back. One that was taken stays as it is.</summary>
    [Requires(Policy.Manage)]
    public async Task RevokeForProjectAsync(Actor actor, Guid projectId, Guid invitationId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        await RevokeAsync(actor, projectId, invitationId, cancellationToken);
    }

    /// <summary>Takes an invitation of the site back. One that was taken stays as it is.</summary>
    [Requires(Policy.ManageSite)]
    public async Task RevokeForSiteAsync(Actor actor, Guid invitationId, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.ManageSite);
        await RevokeAsync(actor, null, invitationId, cancellationToken);
    }

    private async Task<NewInvitation> AddAsync(Actor actor, Guid? projectId, ProjectRole role, bool makesSiteAdmin, string? email, int days, CancellationToken cancellationToken)
    {
        email = string.IsNullOrWhiteSpace(email) ? null : email.Trim();
        var errors = new Dictionary<string, string>();
        if (!Enum.IsDefined(role)) errors["Role"] = "Choose a role: rater, reviewer or admin.";
        if (email is not null && PersonDetails.EmailProblem(email) is { } problem) errors["Email"] = problem;
        if (days is < 1 or > MaxDays) errors["Days"] = $"An invitation lives 1 to {MaxDays} days.";
        InvalidRequestException.ThrowIfAny(errors);
        return await writes.RunAsync(async db =>
        {
            var now = time.GetUtcNow().UtcDateTime;
            var secret = SecretToken.New();
            var invitation = new Invitation
            {
                TokenHash = SecretToken.Hash(secret),
                ProjectId = projectId,
                Role = role,
                MakesSiteAdmin = makesSiteAdmin,
                Email = email,
                InvitedById = actor.Id,
                CreatedAt = now,
                ExpiresAt = now.AddDays(days),
            };
            db.Invitations.Add(invitation);
            await AuditLog.RecordAsync(db, actor, "invitation.create", projectId, invitation.Id.ToString(), new { role, makesSiteAdmin, invitation.ExpiresAt }, now, cancellationToken);
            return new NewInvitation(invitation.Id, secret, invitation.ExpiresAt);
        }, cancellationToken);
    }

    private async Task<IReadOnlyList<InvitationSummary>> ListAsync(Guid? projectId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await (
            from invitation in db.Invitations.AsNoTracking()
            join inviter in db.Users on invitation.InvitedById equals inviter.Id
            where invitation.ProjectId == projectId
            orderby invitation.CreatedAt descending, invitation.Id descending
            select new InvitationSummary(
                invitation.Id, invitation.Role, invitation.MakesSiteAdmin, invitation.Email, inviter.DisplayName, invitation.CreatedAt, invitation.ExpiresAt,
                invitation.AcceptedAt != null ? InvitationState.Accepted
                    : invitation.RevokedAt != null ? InvitationState.Revoked
                    : invitation.ExpiresAt <= now ? InvitationState.Expired : InvitationState.Open))
            .Take(MaxListed).ToListAsync(cancellationToken);
    }

    private Task RevokeAsync(Actor actor, Guid? projectId, Guid invitationId, CancellationToken cancellationToken) => writes.RunAsync(async db =>
    {
        var invitation = await db.Invitations.SingleOrDefaultAsync(invitation => invitation.Id == invitationId && invitation.ProjectId == projectId, cancellationToken)
            ?? throw AccessException.NotFound("invitation", invitationId);
        if (invitation.AcceptedAt is not null || invitation.RevokedAt is not null) return;
        invitation.RevokedAt = time.GetUtcNow().UtcDateTime;
        await AuditLog.RecordAsync(db, actor, "invitation.revoke", projectId, invitationId.ToString(), null, invitation.RevokedAt.Value, cancellationToken);
    }, cancellationToken);
}

/// <summary>An invitation that was just made.</summary>
/// <param name="Id">The id.</param>
/// <param name="Secret">What the address ends with; never to be seen again.</param>
/// <param name="ExpiresAt">From when on it is worth nothing.</param>
public sealed record NewInvitation(Guid Id, string Secret, DateTime ExpiresAt);

/// <summary>An invitation in a list.</summary>
/// <param name="Id">The id.</param>
/// <param name="Role">What the person will be in the project.</param>
/// <param name="MakesSiteAdmin">Whether the person will be an admin of the site.</param>
/// <param name="Email">The only address that may take it.</param>
/// <param name="InvitedBy">The name of who made it.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="ExpiresAt">Until when.</param>
/// <param name="State">What became of it.</param>
public sealed record InvitationSummary(Guid Id, ProjectRole Role, bool MakesSiteAdmin, string? Email, string InvitedBy, DateTime CreatedAt, DateTime ExpiresAt, InvitationState State);

/// <summary>What became of an invitation.</summary>
public enum InvitationState
{
    /// <summary>It waits.</summary>
    Open,

    /// <summary>Somebody took it.</summary>
    Accepted,

    /// <summary>It was taken back.</summary>
    Revoked,

    /// <summary>Its time is over.</summary>
    Expired,
}
