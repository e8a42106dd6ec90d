using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.People;

/// <summary>Who belongs to a project, and as what.</summary>
public sealed class MemberService(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, Access access, TimeProvider time)
{
    /// <summary>The project's members with their addresses, by name.</summary>
    [Requires(Policy.Manage, ReadsOnly = true)]
    public async Task<IReadOnlyList<MemberSummary>> ListAsync(Actor actor, Guid projectId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken, readsOnly: true);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await (
            from member in db.ProjectMembers.AsNoTracking()
            join person in db.Users on member.PersonId equals person.Id
            where member.ProjectId == projectId
            orderby person.DisplayName, person.Id
            select new MemberSummary(person.Id, person.Email!, person.DisplayName, member.Role, member.Kinds, member.IsPaused, person.IsDisabled, member.JoinedAt))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Adds somebody who has an account. Everybody else is invited.</summary>
    /// <exception cref="InvalidRequestException">The role is none, or the person is a member already.</exception>
    [Requires(Policy.Manage)]
    public async Task AddAsync(Actor actor, Guid projectId, Guid personId, ProjectRole role, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        RequireRole(role);
        await writes.RunAsync(async db =>
        {
            if (!await db.Users.AnyAsync(person => person.Id == personId, cancellationToken)) throw AccessException.NotFound("person", personId);
            if (await db.ProjectMembers.AnyAsync(member => member.ProjectId == projectId && member.PersonId == personId, cancellationToken))
                throw new InvalidRequestException("PersonId", "This person is a member already; change their role instead.");
            var now = time.GetUtcNow().UtcDateTime;
            db.ProjectMembers.Add(new ProjectMember { ProjectId = projectId, PersonId = personId, Role = role, JoinedAt = now });
            await AuditLog.RecordAsync(db, actor, "member.add", projectId, personId.ToString(), new { role }, now, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Changes a member's role, kinds of task and pause.</summary>
    /// <exception cref="InvalidRequestException">The change is wrong, or it would leave the project without an admin.</exception>
    [Requires(Policy.Manage)]
    public async Task ChangeAsync(Actor actor, Guid projectId, Guid personId, MemberChange change, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        RequireRole(change.Role);
        if (!change.Kinds.All(Enum.IsDefined)) throw new InvalidRequestException("Kinds", $"Choose kinds of task from: {string.Join(", ", Enum.GetNames<TaskKind>())}.");
        await writes.RunAsync(async db =>
        {
            var member = await FindAsync(db, projectId, personId, cancellationToken);
            member.Role = change.Role;
            member.Kinds = [.. change.Kinds.Distinct().Order()];
            member.IsPaused = change.IsPaused;
            await db.SaveChangesAsync(cancellationToken);
            await RequireAdminLeftAsync(db, actor, projectId, cancellationToken);
            await AuditLog.RecordAsync(db, actor, "member.change", projectId, personId.ToString(), new { member.Role, member.Kinds, member.IsPaused }, time.GetUtcNow().UtcDateTime, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Removes a member; what they did stays.</summary>
    /// <exception cref="InvalidRequestException">It would leave the project without an admin.</exception>
    [Requires(Policy.Manage)]
    public async Task RemoveAsync(Actor actor, Guid projectId, Guid personId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        await writes.RunAsync(async db =>
        {
            db.ProjectMembers.Remove(await FindAsync(db, projectId, personId, cancellationToken));
            await db.SaveChangesAsync(cancellationToken);
            await RequireAdminLeftAsync(db, actor, projectId, cancellationToken);
            await AuditLog.RecordAsync(db, actor, "member.remove", projectId, personId.ToString(), null, time.GetUtcNow().UtcDateTime, cancellationToken);
        }, cancellationToken);
    }

    private static void RequireRole(ProjectRole role)
    {
        if (!Enum.IsDefined(role)) throw new InvalidRequestException("Role", "Choose a role: rater, reviewer or admin.");
    }

    private static async Task<ProjectMember> FindAsync(RlhfHubDbContext db, Guid projectId, Guid personId, CancellationToken cancellationToken) =>
        await db.ProjectMembers.SingleOrDefaultAsync(member => member.ProjectId == projectId && member.PersonId == personId, cancellationToken) ?? throw AccessException.NotFound("member", personId);

    // Admins of the site may leave a project without: they are admins of every one.
    private static async Task RequireAdminLeftAsync(RlhfHubDbContext db, Actor actor, Guid projectId, CancellationToken cancellationToken)
    {
        if (actor.IsSiteAdmin || await db.ProjectMembers.AnyAsync(member => member.ProjectId == projectId && member.Role == ProjectRole.Admin && !member.IsPaused, cancellationToken)) return;
        throw new InvalidRequestException("Role", "This is the project's last admin; make somebody else one first.");
    }
}

/// <summary>A project's member as its admins see them.</summary>
/// <param name="PersonId">The person.</param>
/// <param name="Email">The address to sign in with.</param>
/// <param name="DisplayName">The name that others see.</param>
/// <param name="Role">What they may do there.</param>
/// <param name="Kinds">Kinds of task that they are given; empty for all of the project's.</param>
/// <param name="IsPaused">Whether they are kept out of the project for now.</param>
/// <param name="IsDisabled">Whether they are kept out of the site.</param>
/// <param name="JoinedAt">Since when.</param>
public sealed record MemberSummary(Guid PersonId, string Email, string DisplayName, ProjectRole Role, IReadOnlyList<TaskKind> Kinds, bool IsPaused, bool IsDisabled, DateTime JoinedAt);

/// <summary>What a member is from now on.</summary>
/// <param name="Role">What they may do.</param>
/// <param name="Kinds">Kinds of task that they are given; empty for all of the project's.</param>
/// <param name="IsPaused">Whether they are kept out for now.</param>
public sealed record MemberChange(ProjectRole Role, IReadOnlyList<TaskKind> Kinds, bool IsPaused);
