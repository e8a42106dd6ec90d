using RlhfHub.Domain.People;

namespace RlhfHub.Domain.Tests.People;

public sealed class PeopleServiceTests : PeopleTest
{
    private PeopleService People => Get<PeopleService>();

    [Fact]
    public async Task List_ByPages_ShowsEverybodyOnce()
    {
        foreach (var name in new[] { "cleo", "ben", "dora" }) await JoinAsync(name);

        var first = await People.ListAsync(Admin, null, null, 3, default);
        var second = await People.ListAsync(Admin, "", first[^1].Email, 3, default);

        Assert.Equal(["anna", "ben", "cleo", "dora"], first.Concat(second).Select(person => person.Email.Split('@')[0]));
    }

    [Theory]
    [InlineData("BEN@", 1)]
    [InlineData("example.org", 2)]
    [InlineData("%", 0)]
    public async Task List_Search_FindsPartsOfNamesAndAddresses(string search, int count)
    {
        await JoinAsync("ben");

        Assert.Equal(count, (await People.ListAsync(Admin, search, null, 10, default)).Count);
    }

    [Fact]
    public async Task SetSiteAdmin_LastOne_IsRefused()
    {
        var ben = await JoinAsync("ben");

        await Assert.ThrowsAsync<InvalidRequestException>(() => People.SetSiteAdminAsync(Admin, Admin.Id, false, default));
        await Assert.ThrowsAsync<InvalidRequestException>(() => People.SetDisabledAsync(Admin, Admin.Id, true, default));
        await People.SetSiteAdminAsync(Admin, ben.Id, true, default);
        await People.SetSiteAdminAsync(Admin, Admin.Id, false, default);

        Assert.False((await ReadAsync(Admin.Id)).IsSiteAdmin);
        Assert.True((await ReadAsync(ben.Id)).IsSiteAdmin);
    }

    [Fact]
    public async Task SetSiteAdmin_TwoAdminsTakeEachOther_OneIsLeft()
    {
        var ben = await JoinAsync("ben");
        await People.SetSiteAdminAsync(Admin, ben.Id, true, default);

        var results = await Task.WhenAll(new[] { Admin.Id, ben.Id }.Select(id => Task.Run(() => Record.ExceptionAsync(() => People.SetSiteAdminAsync(Admin, id, false, default)))));

        Assert.Single(results, error => error is InvalidRequestException);
        Assert.Single(results, error => error is null);
    }

    [Fact]
    public async Task RevokeSessions_Person_GetsAnotherStamp()
    {
        var before = (await ReadAsync(Admin.Id)).SecurityStamp;

        await People.RevokeSessionsAsync(Admin, Admin.Id, default);

        Assert.NotEqual(before, (await ReadAsync(Admin.Id)).SecurityStamp);
    }

    [Fact]
    public async Task EveryUseCase_NotAnAdmin_IsForbidden()
    {
        var ben = await JoinAsync("ben");
        Func<Task>[] calls =
        [
            () => People.ListAsync(ben, null, null, 1, default),
            () => People.SetDisabledAsync(ben, Admin.Id, true, default),
            () => People.SetSiteAdminAsync(ben, ben.Id, true, default),
            () => People.RevokeSessionsAsync(ben, Admin.Id, default),
            () => Get<PasswordService>().CreateResetLinkAsync(ben, Admin.Id, default),
        ];

        foreach (var call in calls) Assert.Equal(AccessProblem.Forbidden, (await Assert.ThrowsAsync<AccessException>(call)).Problem);
    }
}
