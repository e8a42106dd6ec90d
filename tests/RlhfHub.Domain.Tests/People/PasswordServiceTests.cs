using RlhfHub.Domain.People;

namespace RlhfHub.Domain.Tests.People;

public sealed class PasswordServiceTests : PeopleTest
{
    private const string Other = "seven quiet orange trains";

    private PasswordService Passwords => Get<PasswordService>();

    [Fact]
    public async Task Change_RightPassword_TakesTheNewOneAndEndsSessions()
    {
        var stamp = (await ReadAsync(Admin.Id)).SecurityStamp;

        await Passwords.ChangeAsync(Admin, Password, Other, default);

        Assert.Equal(SignInOutcome.Refused, await SignInAsync(Password));
        Assert.Equal(SignInOutcome.Admitted, await SignInAsync(Other));
        Assert.NotEqual(stamp, (await ReadAsync(Admin.Id)).SecurityStamp);
    }

    [Theory]
    [InlineData("wrong", Other, "CurrentPassword")]
    [InlineData(Password, "short", "NewPassword")]
    public async Task Change_WrongInput_NamesTheFieldAndChangesNothing(string current, string next, string field)
    {
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => Passwords.ChangeAsync(Admin, current, next, default));

        Assert.Equal([field], error.Errors.Keys);
        Assert.Equal(SignInOutcome.Admitted, await SignInAsync(Password));
    }

    [Fact]
    public async Task Reset_Link_WorksOnceAndLiftsALock()
    {
        for (var i = 0; i < SignInService.MaxTries; i++) await SignInAsync("wrong");
        var link = await Passwords.CreateResetLinkAsync(Admin, Admin.Id, default);

        await Assert.ThrowsAsync<InvalidRequestException>(() => Passwords.ResetAsync(Actor.Anonymous, link.Secret, "short", default));
        Assert.True(await Passwords.ResetAsync(Actor.Anonymous, link.Secret, Other, default));

        Assert.Equal(SignInOutcome.Admitted, await SignInAsync(Other));
        Assert.False(await Passwords.ResetAsync(Actor.Anonymous, link.Secret, Password, default));
        Assert.False(await Passwords.IsResetOpenAsync(Actor.Anonymous, link.Secret, default));
    }

    [Fact]
    public async Task Reset_ReplacedExpiredOrUnknownLink_IsWorthNothing()
    {
        var replaced = await Passwords.CreateResetLinkAsync(Admin, Admin.Id, default);
        var expired = await Passwords.CreateResetLinkAsync(Admin, Admin.Id, default);
        Assert.True(await Passwords.IsResetOpenAsync(Actor.Anonymous, expired.Secret, default));
        Time.Advance(PasswordResetLinks.Lifetime);

        foreach (var token in new[] { replaced.Secret, expired.Secret, "unknown", null }) Assert.False(await Passwords.ResetAsync(Actor.Anonymous, token, Other, default));
    }

    [Fact]
    public async Task CreateFor_Address_FindsThePersonOrNobody()
    {
        Assert.NotNull(await Get<PasswordResetLinks>().CreateForAsync("ANNA@example.org", default));
        Assert.Null(await Get<PasswordResetLinks>().CreateForAsync("nobody@example.org", default));
    }

    private async Task<SignInOutcome> SignInAsync(string password) => (await Get<SignInService>().CheckPasswordAsync(Actor.Anonymous, "anna@example.org", password, default)).Outcome;
}
