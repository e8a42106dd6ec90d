using RlhfHub.Domain.Audit;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Web.Api;

/// <summary>Members of a project, people of the site, invitations, and the log.</summary>
internal static class PeopleEndpoints
{
    private const int PageSize = 100;

    public static void Map(RouteGroupBuilder root)
    {
        var members = root.MapGroup("/projects/{projectId:guid}").WithTags("People");
        members.MapGet("/members", (Caller caller, MemberService service, Guid projectId, CancellationToken stop) => service.ListAsync(caller.Actor, projectId, stop))
            .Reads(Policy.Manage, "The project's members");
        members.MapPost("/members", (Caller caller, MemberService service, Guid projectId, NewMember body, CancellationToken stop) => service.AddAsync(caller.Actor, projectId, body.PersonId, body.Role, stop))
            .Requires(Policy.Manage, "Make somebody a member");
        members.MapPut("/members/{personId:guid}", (Caller caller, MemberService service, Guid projectId, Guid personId, MemberChange body, CancellationToken stop) =>
                service.ChangeAsync(caller.Actor, projectId, personId, body, stop))
            .Requires(Policy.Manage, "Change a member's role, kinds of task, or pause them");
        members.MapDelete("/members/{personId:guid}", (Caller caller, MemberService service, Guid projectId, Guid personId, CancellationToken stop) =>
                service.RemoveAsync(caller.Actor, projectId, personId, stop))
            .Requires(Policy.Manage, "Take somebody out of the project; what they did stays");
        members.MapGet("/invitations", (Caller caller, InvitationService service, Guid projectId, CancellationToken stop) => service.ListForProjectAsync(caller.Actor, projectId, stop))
            .Reads(Policy.Manage, "Open invitations to the project");
        members.MapPost("/invitations", (Caller caller, InvitationService service, Guid projectId, ProjectInvitation body, CancellationToken stop) =>
                service.InviteToProjectAsync(caller.Actor, projectId, body.Role, body.Email, body.Days, stop))
            .Requires(Policy.Manage, "Make a link that invites one person to the project; shown once");
        members.MapDelete("/invitations/{invitationId:guid}", (Caller caller, InvitationService service, Guid projectId, Guid invitationId, CancellationToken stop) =>
                service.RevokeForProjectAsync(caller.Actor, projectId, invitationId, stop))
            .Requires(Policy.Manage, "Take an invitation back");
        members.MapGet("/audit", (Caller caller, AuditService service, Guid projectId, [AsParameters] AuditQuery query, CancellationToken stop) =>
                service.ListForProjectAsync(caller.Actor, projectId, query.Filter, query.Before, query.Limit ?? PageSize, stop))
            .Reads(Policy.Manage, "Who did what in the project, newest first");

        var people = root.MapGroup("/people").WithTags("People");
        people.MapGet("", (Caller caller, PeopleService service, string? search, string? after, int? limit, CancellationToken stop) => service.ListAsync(caller.Actor, search, after, limit ?? PageSize, stop))
            .Reads(Policy.ManageSite, "Everybody who has an account");
        people.MapPut("/{personId:guid}/disabled", (Caller caller, PeopleService service, Guid personId, Flag body, CancellationToken stop) => service.SetDisabledAsync(caller.Actor, personId, body.Value, stop))
            .Requires(Policy.ManageSite, "Keep somebody out, or let them in again");
        people.MapPut("/{personId:guid}/site-admin", (Caller caller, PeopleService service, Guid personId, Flag body, CancellationToken stop) => service.SetSiteAdminAsync(caller.Actor, personId, body.Value, stop))
            .Requires(Policy.ManageSite, "Make somebody an admin of the site, or no longer");
        people.MapDelete("/{personId:guid}/sessions", (Caller caller, PeopleService service, Guid personId, CancellationToken stop) => service.RevokeSessionsAsync(caller.Actor, personId, stop))
            .Requires(Policy.ManageSite, "Sign somebody out everywhere");
        people.MapPost("/{personId:guid}/password-reset", (Caller caller, PasswordService service, Guid personId, CancellationToken stop) => service.CreateResetLinkAsync(caller.Actor, personId, stop))
            .Requires(Policy.ManageSite, "Make a link to set a new password; shown once");
        var site = root.MapGroup("").WithTags("People");
        site.MapGet("/invitations", (Caller caller, InvitationService service, CancellationToken stop) => service.ListForSiteAsync(caller.Actor, stop))
            .Reads(Policy.ManageSite, "Open invitations to the site");
        site.MapPost("/invitations", (Caller caller, InvitationService service, SiteInvitation body, CancellationToken stop) =>
                service.InviteToSiteAsync(caller.Actor, body.MakesSiteAdmin, body.Email, body.Days, stop))
            .Requires(Policy.ManageSite, "Make a link that invites one person to the site; shown once");
        site.MapDelete("/invitations/{invitationId:guid}", (Caller caller, InvitationService service, Guid invitationId, CancellationToken stop) => service.RevokeForSiteAsync(caller.Actor, invitationId, stop))
            .Requires(Policy.ManageSite, "Take an invitation back");
        site.MapGet("/audit", (Caller caller, AuditService service, [AsParameters] AuditQuery query, CancellationToken stop) =>
                service.ListAsync(caller.Actor, query.Filter, query.Before, query.Limit ?? PageSize, stop))
            .Reads(Policy.ManageSite, "Who did what, newest first");
        site.MapGet("/audit/verification", (Caller caller, AuditService service, CancellationToken stop) => service.VerifyAsync(caller.Actor, stop))
            .Reads(Policy.ManageSite, "Whether the log's chain is whole");
    }
}

/// <summary>Somebody to become a member.</summary>
internal sealed record NewMember
{
    public required Guid PersonId { get; init; }

    public required ProjectRole Role { get; init; }
}

/// <summary>An invitation to a project.</summary>
internal sealed record ProjectInvitation
{
    public required ProjectRole Role { get; init; }

    public string? Email { get; init; }

    public int Days { get; init; } = 7;
}

/// <summary>An invitation to the site.</summary>
internal sealed record SiteInvitation
{
    public bool MakesSiteAdmin { get; init; }

    public string? Email { get; init; }

    public int Days { get; init; } = 7;
}

/// <summary>Which entries of the log, from the query.</summary>
internal sealed record AuditQuery(Guid? PersonId, string? Action, string? Subject, DateTime? From, DateTime? Until, long? Before, int? Limit)
{
    public AuditFilter Filter => new() { PersonId = PersonId, Action = Action, Subject = Subject, From = From?.ToUniversalTime(), Until = Until?.ToUniversalTime() };
}
