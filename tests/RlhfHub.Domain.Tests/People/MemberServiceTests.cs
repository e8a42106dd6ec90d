using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Tests.People;

public sealed class MemberServiceTests : PeopleTest
{
    private MemberService Members => Get<MemberService>();

    [Fact]
    public async Task Change_RoleKindsAndPause_AreStored()
    {
        var (ben, cleo) = (await JoinAsync("ben"), await JoinAsync("cleo"));
        var project = await AddProjectAsync((ben, ProjectRole.Admin), (cleo, ProjectRole.Rater));

        await Members.ChangeAsync(ben, project, cleo.Id, new(ProjectRole.Reviewer, [TaskKind.Ranking, TaskKind.Comparison, TaskKind.Ranking], true), default);

        var member = (await Members.ListAsync(ben, project, default)).Single(member => member.PersonId == cleo.Id);
        Assert.Equal((ProjectRole.Reviewer, true), (member.Role, member.IsPaused));
        Assert.Equal([TaskKind.Comparison, TaskKind.Ranking], member.Kinds);
    }

    [Fact]
    public async Task Change_LastAdmin_IsRefusedButForAdminsOfTheSite()
    {
        var ben = await JoinAsync("ben");
        var project = await AddProjectAsync((ben, ProjectRole.Admin));
        MemberChange[] changes = [new(ProjectRole.Reviewer, [], false), new(ProjectRole.Admin, [], true)];

        foreach (var change in changes) await Assert.ThrowsAsync<InvalidRequestException>(() => Members.ChangeAsync(ben, project, ben.Id, change, default));
        await Assert.ThrowsAsync<InvalidRequestException>(() => Members.RemoveAsync(ben, project, ben.Id, default));
        Assert.Equal(ProjectRole.Admin, Assert.Single(await Members.ListAsync(ben, project, default)).Role);
        await Members.RemoveAsync(Admin, project, ben.Id, default);
        Assert.Empty(await Members.ListAsync(Admin, project, default));
    }

    [Fact]
    public async Task Add_Twice_IsRefused()
    {
        var ben = await JoinAsync("ben");
        var project = await AddProjectAsync();
        await Members.AddAsync(Admin, project, ben.Id, ProjectRole.Rater, default);

        await Assert.ThrowsAsync<InvalidRequestException>(() => Members.AddAsync(Admin, project, ben.Id, ProjectRole.Admin, default));
    }

    [Fact]
    public async Task List_Rater_SeesNoAddresses()
    {
        var ben = await JoinAsync("ben");
        var project = await AddProjectAsync((ben, ProjectRole.Rater));

        await Assert.ThrowsAsync<AccessException>(() => Members.ListAsync(ben, project, default));
    }
}
