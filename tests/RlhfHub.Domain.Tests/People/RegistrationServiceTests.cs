using RlhfHub.Domain.People;

namespace RlhfHub.Domain.Tests.People;

public sealed class RegistrationServiceTests : PeopleTest
{
    [Fact]
    public async Task Register_Closed_IsForbidden() =>
        await Assert.ThrowsAsync<AccessException>(() => Get<RegistrationService>().RegisterAsync(Actor.Anonymous, new("ben@example.org", "Ben", Password), default));
}

public sealed class OpenRegistrationTests : PeopleTest
{
    protected override AccountSettings Settings => new() { OpenRegistration = true };

    [Fact]
    public async Task Register_Open_MakesAPersonWithoutRights()
    {
        var id = await Get<RegistrationService>().RegisterAsync(Actor.Anonymous, new("ben@example.org", "Ben", Password), default);

        var ben = await ReadAsync(id);
        Assert.Equal(("ben@example.org", "Ben", false), (ben.Email, ben.DisplayName, ben.IsSiteAdmin));
    }

    [Fact]
    public async Task Register_WrongDetails_NamesEveryField()
    {
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => Get<RegistrationService>().RegisterAsync(Actor.Anonymous, new("a b@example.org", " ", null), default));

        Assert.Equal(["DisplayName", "Email", "Password"], error.Errors.Keys.Order());
    }
}
