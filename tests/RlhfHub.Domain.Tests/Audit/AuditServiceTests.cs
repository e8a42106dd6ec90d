using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Tests.People;

namespace RlhfHub.Domain.Tests.Audit;

public sealed class AuditServiceTests : PeopleTest
{
    private AuditService Audit => Get<AuditService>();

    [Fact]
    public async Task List_ByPages_GoesBackWithoutGaps()
    {
        for (var i = 0; i < 5; i++) await JoinAsync($"person{i}");

        var first = await Audit.ListAsync(Admin, new(), null, 4, default);
        var second = await Audit.ListAsync(Admin, new(), first[^1].Number, 100, default);

        Assert.Equal(Enumerable.Range(1, 11).Select(number => (long)number).Reverse(), first.Concat(second).Select(entry => entry.Number));
        Assert.Equal("Anna", second[^1].PersonName);
    }

    [Fact]
    public async Task List_Filters_KeepWhatFits()
    {
        var ben = await JoinAsync("ben");
        Time.Advance(TimeSpan.FromHours(1));
        await Get<ProfileService>().RenameAsync(ben, "Benedict", default);

        Assert.Equal("person.rename", Assert.Single(await Audit.ListAsync(Admin, new(PersonId: ben.Id, Action: "person."), null, 10, default)).Action);
        Assert.Single(await Audit.ListAsync(Admin, new(From: Time.GetUtcNow().UtcDateTime), null, 10, default));
        Assert.Equal(3, (await Audit.ListAsync(Admin, new(Until: Time.GetUtcNow().UtcDateTime), null, 10, default)).Count);
        Assert.Equal(2, (await Audit.ListAsync(Admin, new(Action: "invitation."), null, 10, default)).Count);
    }

    [Fact]
    public async Task ListForProject_ItsAdmin_SeesThatProjectOnly()
    {
        var ben = await JoinAsync("ben");
        var (own, other) = (await AddProjectAsync((ben, ProjectRole.Admin)), await AddProjectAsync());
        await Get<InvitationService>().InviteToProjectAsync(Admin, own, ProjectRole.Rater, null, 7, default);
        await Get<InvitationService>().InviteToProjectAsync(Admin, other, ProjectRole.Rater, null, 7, default);

        Assert.Equal(own, Assert.Single(await Audit.ListForProjectAsync(ben, own, new(), null, 10, default)).ProjectId);
        await Assert.ThrowsAsync<AccessException>(() => Audit.ListForProjectAsync(ben, other, new(), null, 10, default));
        await Assert.ThrowsAsync<AccessException>(() => Audit.ListAsync(ben, new(), null, 10, default));
    }

    [Fact]
    public async Task Verify_ChangedEntry_IsNamed()
    {
        await JoinAsync("ben");
        Assert.Equal(new AuditVerdict(3, null), await Audit.VerifyAsync(Admin, default));

        await using var db = await OpenAsync();
        await db.AuditEntries.Where(entry => entry.Number == 2).ExecuteUpdateAsync(set => set.SetProperty(entry => entry.Subject, "something else"));

        var verdict = await Audit.VerifyAsync(Admin, default);
        Assert.Equal(1, verdict.WholeEntries);
        Assert.Contains("Entry 2", verdict.Problem);
    }
}
