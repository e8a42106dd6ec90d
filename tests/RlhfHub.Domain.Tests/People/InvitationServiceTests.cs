using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Tests.People;

public sealed class InvitationServiceTests : PeopleTest
{
    private InvitationService Invitations => Get<InvitationService>();

    private InvitationAcceptanceService Acceptance => Get<InvitationAcceptanceService>();

    [Fact]
    public async Task AcceptAsNew_ProjectInvitation_MakesAMemberOnce()
    {
        var project = await AddProjectAsync();
        var made = await Invitations.InviteToProjectAsync(Admin, project, ProjectRole.Reviewer, null, 7, default);

        var offer = await Acceptance.FindAsync(Actor.Anonymous, made.Secret, default);
        var ben = await Acceptance.AcceptAsNewAsync(Actor.Anonymous, made.Secret, new(" ben@example.org ", "Ben", Password), default);
        var again = await Acceptance.AcceptAsNewAsync(Actor.Anonymous, made.Secret, new("eve@example.org", "Eve", Password), default);

        Assert.Equal(new InvitationOffer("Birds", ProjectRole.Reviewer, false, null, "Anna"), offer);
        var member = Assert.Single(await Get<MemberService>().ListAsync(Admin, project, default));
        Assert.Equal((ben, "ben@example.org", ProjectRole.Reviewer), (member.PersonId, member.Email, member.Role));
        Assert.Null(again);
        Assert.Equal(InvitationState.Accepted, Assert.Single(await Invitations.ListForProjectAsync(Admin, project, default)).State);
    }

    [Fact]
    public async Task AcceptAsNew_TwoAtOnce_LetsOneIn()
    {
        var made = await Invitations.InviteToSiteAsync(Admin, false, null, 7, default);

        var people = await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(() =>
            Acceptance.AcceptAsNewAsync(Actor.Anonymous, made.Secret, new($"p{n}@example.org", $"P{n}", Password), default))));

        Assert.Single(people, id => id is not null);
    }

    [Fact]
    public async Task Accept_MemberWithAHigherRole_KeepsIt()
    {
        var ben = await JoinAsync("ben");
        var project = await AddProjectAsync((ben, ProjectRole.Admin));
        var made = await Invitations.InviteToProjectAsync(Admin, project, ProjectRole.Rater, null, 7, default);

        Assert.True(await Acceptance.AcceptAsync(ben, made.Secret, default));

        Assert.Equal(ProjectRole.Admin, Assert.Single(await Get<MemberService>().ListAsync(Admin, project, default)).Role);
    }

    [Fact]
    public async Task Accept_ForAnotherAddress_IsRefusedAndStaysOpen()
    {
        var ben = await JoinAsync("ben");
        var made = await Invitations.InviteToSiteAsync(Admin, true, "Cleo@example.org", 7, default);

        await Assert.ThrowsAsync<InvalidRequestException>(() => Acceptance.AcceptAsync(ben, made.Secret, default));
        await Assert.ThrowsAsync<InvalidRequestException>(() => Acceptance.AcceptAsNewAsync(Actor.Anonymous, made.Secret, new("eve@example.org", "Eve", Password), default));
        var cleo = await Acceptance.AcceptAsNewAsync(Actor.Anonymous, made.Secret, new("cleo@example.org", "Cleo", Password), default);

        Assert.True((await ReadAsync(cleo!.Value)).IsSiteAdmin);
    }

    [Fact]
    public async Task Find_ExpiredRevokedOrUnknown_IsNull()
    {
        var revoked = await Invitations.InviteToSiteAsync(Admin, false, null, 7, default);
        await Invitations.RevokeForSiteAsync(Admin, revoked.Id, default);
        var expired = await Invitations.InviteToSiteAsync(Admin, false, null, 1, default);
        Time.Advance(TimeSpan.FromDays(1));

        foreach (var token in new[] { revoked.Secret, expired.Secret, "unknown", null })
        {
            Assert.Null(await Acceptance.FindAsync(Actor.Anonymous, token, default));
            Assert.Null(await Acceptance.AcceptAsNewAsync(Actor.Anonymous, token, new("eve@example.org", "Eve", Password), default));
            Assert.False(await Acceptance.AcceptAsync(Admin, token, default));
        }
    }

    [Fact]
    public async Task AcceptAsNew_AddressTaken_IsRefusedAndStaysOpen()
    {
        await JoinAsync("ben");
        var made = await Invitations.InviteToSiteAsync(Admin, false, null, 7, default);

        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => Acceptance.AcceptAsNewAsync(Actor.Anonymous, made.Secret, new("BEN@example.org", "Ben", Password), default));

        Assert.Contains("Email", error.Errors.Keys);
        Assert.NotNull(await Acceptance.FindAsync(Actor.Anonymous, made.Secret, default));
    }

    [Theory]
    [InlineData("nonsense", 7, "Email")]
    [InlineData(null, 0, "Days")]
    [InlineData(null, 91, "Days")]
    public async Task InviteToSite_WrongInput_NamesTheField(string? email, int days, string field)
    {
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => Invitations.InviteToSiteAsync(Admin, false, email, days, default));

        Assert.Equal([field], error.Errors.Keys);
    }

    [Fact]
    public async Task InviteToProject_Reviewer_IsForbidden()
    {
        var ben = await JoinAsync("ben");
        var project = await AddProjectAsync((ben, ProjectRole.Reviewer));

        var error = await Assert.ThrowsAsync<AccessException>(() => Invitations.InviteToProjectAsync(ben, project, ProjectRole.Rater, null, 7, default));

        Assert.Equal(AccessProblem.Forbidden, error.Problem);
    }

    [Fact]
    public async Task RevokeForProject_InvitationOfAnotherProject_IsNotFound()
    {
        var ben = await JoinAsync("ben");
        var (own, other) = (await AddProjectAsync((ben, ProjectRole.Admin)), await AddProjectAsync());
        var made = await Invitations.InviteToProjectAsync(Admin, other, ProjectRole.Rater, null, 7, default);

        await Assert.ThrowsAsync<AccessException>(() => Invitations.RevokeForProjectAsync(ben, own, made.Id, default));
        Assert.NotNull(await Acceptance.FindAsync(Actor.Anonymous, made.Secret, default));
    }
}
