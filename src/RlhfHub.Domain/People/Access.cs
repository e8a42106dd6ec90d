using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.People;

/// <summary>Decides who may do what. Every use case asks it before it does anything.</summary>
public sealed class Access(IDbContextFactory<RlhfHubDbContext> contexts)
{
    private static readonly Func<RlhfHubDbContext, Guid, Guid, Task<Membership?>> FindMembership = EF.CompileAsyncQuery((RlhfHubDbContext db, Guid projectId, Guid personId) =>
        db.Projects.Where(project => project.Id == projectId)
            .Select(project => new Membership(
                project.IsArchived,
                db.ProjectMembers.Where(member => member.ProjectId == projectId && member.PersonId == personId && !member.IsPaused).Select(member => (ProjectRole?)member.Role).FirstOrDefault()))
            .FirstOrDefault());

    /// <summary>Requires a policy that concerns no project.</summary>
    /// <exception cref="AccessException">The actor does not meet it.</exception>
    public static void Require(Actor actor, Policy policy, bool readsOnly = false)
    {
        if (policy == Policy.Anybody) return;
        _ = actor.Id;
        RequireScope(actor, policy, readsOnly);
        if (policy == Policy.SignedIn) return;
        if (policy != Policy.ManageSite) throw new ArgumentException($"The policy {policy} needs a project.", nameof(policy));
        if (!actor.IsSiteAdmin) throw AccessException.Forbidden("Only an admin of this site may do this.");
    }

    /// <summary>Requires a policy in a project. Somebody who is no member learns nothing of the project, not even that it exists.</summary>
    /// <returns>What the person is there.</returns>
    /// <exception cref="AccessException">The actor does not meet it.</exception>
    public async Task<ProjectRole> RequireAsync(Actor actor, Guid projectId, Policy policy, CancellationToken cancellationToken, bool readsOnly = false)
    {
        var personId = actor.Id;
        RequireScope(actor, policy, readsOnly);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var found = await FindMembership(db, projectId, personId);
        var role = found?.Role ?? (found is not null && actor.IsSiteAdmin ? ProjectRole.Admin : null);
        if (found is null || role is null) throw AccessException.NotFound("project", projectId);
        if (actor.IsSiteAdmin) role = ProjectRole.Admin;
        if (role < LowestRole(policy)) throw AccessException.Forbidden($"Only {WhoMay(policy)} of this project may do this; you are its {role.Value.ToString().ToLowerInvariant()}.");
        if (found.IsArchived && !readsOnly && policy is Policy.Label or Policy.Review) throw AccessException.Forbidden("This project is archived: it can be read, and an admin can open it again.");
        return role.Value;
    }

    private static void RequireScope(Actor actor, Policy policy, bool readsOnly)
    {
        var needed = readsOnly ? ActorScope.Read : policy == Policy.Label ? ActorScope.Label : ActorScope.Everything;
        if (actor.Scope < needed) throw AccessException.Forbidden($"This token may be used to {(actor.Scope == ActorScope.Label ? "read and label" : "read")} only; this needs the scope '{needed.ToString().ToLowerInvariant()}'.");
    }

    private static ProjectRole LowestRole(Policy policy) => policy switch
    {
        Policy.See or Policy.Label => ProjectRole.Rater,
        Policy.Review => ProjectRole.Reviewer,
        Policy.Manage => ProjectRole.Admin,
        _ => throw new ArgumentOutOfRangeException(nameof(policy), policy, "This policy concerns no project."),
    };

    private static string WhoMay(Policy policy) => policy == Policy.Manage ? "admins" : "reviewers and admins";

    private sealed record Membership(bool IsArchived, ProjectRole? Role);
}
