using Microsoft.AspNetCore.Components;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Web.Features.Projects;

public sealed partial class MembersPage
{
    private const int InvitationDays = 7;

    private ProjectDetails? project;
    private IReadOnlyList<MemberSummary>? members;
    private IReadOnlyList<InvitationSummary>? invitations;
    private ProjectProgress? progress;
    private ProjectRole inviteRole;
    private string? email, link;

    [Parameter]
    public Guid ProjectId { get; set; }

    [Inject]
    private ProjectService Projects { get; set; } = default!;

    [Inject]
    private ProgressService Progress { get; set; } = default!;

    [Inject]
    private MemberService Members { get; set; } = default!;

    [Inject]
    private InvitationService Invitations { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    protected override Task OnInitializedAsync() => TryAsync(LoadAsync);

    private async Task LoadAsync(Actor actor, CancellationToken stop)
    {
        project = await Projects.GetAsync(actor, ProjectId, stop);
        members = await Members.ListAsync(actor, ProjectId, stop);
        invitations = await Invitations.ListForProjectAsync(actor, ProjectId, stop);
        progress = await Progress.GetAsync(actor, ProjectId, stop);
    }

    private Task InviteAsync() => ThenLoadAsync(async (actor, stop) =>
    {
        var made = await Invitations.InviteToProjectAsync(actor, ProjectId, inviteRole, email, InvitationDays, stop);
        link = $"{Navigation.BaseUri}account/invitation?token={made.Secret}";
        email = null;
    });

    private Task ChangeAsync(MemberSummary member, ProjectRole role, bool isPaused) =>
        ThenLoadAsync((actor, stop) => Members.ChangeAsync(actor, ProjectId, member.PersonId, new MemberChange(role, member.Kinds, isPaused), stop));

    private Task RemoveAsync(MemberSummary member) => ThenLoadAsync((actor, stop) => Members.RemoveAsync(actor, ProjectId, member.PersonId, stop));

    private Task RevokeAsync(InvitationSummary invitation) => ThenLoadAsync((actor, stop) => Invitations.RevokeForProjectAsync(actor, ProjectId, invitation.Id, stop));

    private Task ThenLoadAsync(Func<Actor, CancellationToken, Task> change) => TryAsync(async (actor, stop) =>
    {
        await change(actor, stop);
        await LoadAsync(actor, stop);
    });
}
