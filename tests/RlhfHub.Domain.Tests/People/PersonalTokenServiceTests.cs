using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.People;

namespace RlhfHub.Domain.Tests.People;

public sealed class PersonalTokenServiceTests : PeopleTest
{
    private PersonalTokenService Tokens => Get<PersonalTokenService>();

    [Fact]
    public async Task Create_Token_SpeaksForItsPersonAndIsStoredHashed()
    {
        var secret = await Tokens.CreateAsync(Admin, "export", ActorScope.Label, 30, default);

        var owner = await FindAsync(secret);
        Assert.Equal((Admin.Id, ActorScope.Label), (owner!.PersonId, owner.Scope));
        Assert.Matches("^rlhf_[A-Za-z0-9_-]{43}$", secret);
        await using var db = await OpenAsync();
        Assert.Equal(SecretToken.Hash(secret), (await db.PersonalTokens.SingleAsync()).TokenHash);
    }

    [Fact]
    public async Task Find_ExpiredRevokedChangedOrDisabled_IsNull()
    {
        var ben = await JoinAsync("ben");
        var expired = await Tokens.CreateAsync(Admin, "a", ActorScope.Read, 1, default);
        Time.Advance(TimeSpan.FromDays(1));
        var revoked = await Tokens.CreateAsync(Admin, "b", ActorScope.Read, 1, default);
        await Tokens.RevokeAsync(Admin, (await Tokens.ListAsync(Admin, default)).Single(token => token.Name == "b").Id, default);
        var disabled = await Tokens.CreateAsync(ben, "c", ActorScope.Read, 1, default);
        await Get<PeopleService>().SetDisabledAsync(Admin, ben.Id, true, default);

        foreach (var secret in new[] { expired, revoked, disabled, "rlhf_", "", "x" }) Assert.Null(await FindAsync(secret));
    }

    [Fact]
    public async Task Find_Often_NotesItsUseOnceAMinute()
    {
        var secret = await Tokens.CreateAsync(Admin, "a", ActorScope.Read, 1, default);
        var first = Time.GetUtcNow().UtcDateTime;

        await FindAsync(secret);
        Time.Advance(TimeSpan.FromSeconds(59));
        await FindAsync(secret);
        Assert.Equal(first, (await Tokens.ListAsync(Admin, default))[0].LastUsedAt);
        Time.Advance(TimeSpan.FromSeconds(1));
        await FindAsync(secret);
        Assert.Equal(first.AddMinutes(1), (await Tokens.ListAsync(Admin, default))[0].LastUsedAt);
    }

    [Fact]
    public async Task Create_WrongInput_NamesEveryField()
    {
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => Tokens.CreateAsync(Admin, " ", ActorScope.None, 0, default));

        Assert.Equal(["Days", "Name", "Scope"], error.Errors.Keys.Order());
    }

    [Fact]
    public async Task Create_WithATokenForLabeling_IsForbidden() =>
        Assert.Equal(AccessProblem.Forbidden, (await Assert.ThrowsAsync<AccessException>(() => Tokens.CreateAsync(Admin with { Scope = ActorScope.Label }, "a", ActorScope.Everything, 1, default))).Problem);

    [Fact]
    public async Task Revoke_SomebodyElses_IsNotFound()
    {
        var ben = await JoinAsync("ben");
        var secret = await Tokens.CreateAsync(Admin, "a", ActorScope.Read, 1, default);

        await Assert.ThrowsAsync<AccessException>(async () => await Tokens.RevokeAsync(ben, (await Tokens.ListAsync(Admin, default))[0].Id, default));
        Assert.NotNull(await FindAsync(secret));
    }

    private Task<TokenOwner?> FindAsync(string secret) => Get<TokenAuthentication>().FindAsync(secret, default);
}
