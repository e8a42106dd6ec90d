using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;
using RlhfHub.Web.Account;

namespace RlhfHub.Web.Tests.Account;

public sealed class ActorFactoryTests : IAsyncLifetime
{
    private readonly TestSite site = new();

    private ActorFactory Actors => site.Services.GetRequiredService<ActorFactory>();

    private PeopleService People => site.Services.GetRequiredService<PeopleService>();

    [Fact]
    public async Task From_Session_ReadsRightsFromTheDatabase()
    {
        var ben = await site.AddPersonAsync("ben@example.org");
        var session = await SessionOfAsync(ben);
        Assert.Equal(ben, await Actors.FromAsync(session, default));

        await People.SetSiteAdminAsync(await site.AdminAsync(), ben.Id, true, default);

        Assert.Equal(ben with { IsSiteAdmin = true }, await Actors.FromAsync(session, default));
    }

    [Fact]
    public async Task From_RevokedOrDisabled_IsNobody()
    {
        var ben = await site.AddPersonAsync("ben@example.org");
        var session = await SessionOfAsync(ben);

        await People.RevokeSessionsAsync(await site.AdminAsync(), ben.Id, default);
        Assert.Equal(Actor.Anonymous, await Actors.FromAsync(session, default));
        Assert.Equal(ben, await Actors.FromAsync(await SessionOfAsync(ben), default));

        await People.SetDisabledAsync(await site.AdminAsync(), ben.Id, true, default);
        Assert.Equal(Actor.Anonymous, await Actors.FromAsync(await SessionOfAsync(ben), default));
    }

    [Fact]
    public async Task From_Token_HasItsScopeUntilItIsRevoked()
    {
        var admin = await site.AdminAsync();
        var tokens = site.Services.GetRequiredService<PersonalTokenService>();
        await tokens.CreateAsync(admin, "test", ActorScope.Label, 1, default);
        var id = Assert.Single(await tokens.ListAsync(admin, default)).Id;
        var token = new ClaimsPrincipal(new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, admin.Id.ToString()), new(ActorFactory.ScopeClaim, "Label"), new(ActorFactory.TokenClaim, id.ToString())], "Token"));
        Assert.Equal(admin with { Scope = ActorScope.Label }, await Actors.FromAsync(token, default));

        await tokens.RevokeAsync(admin, id, default);

        Assert.Equal(Actor.Anonymous, await Actors.FromAsync(token, default));
    }

    [Fact]
    public async Task From_NobodySignedIn_IsAnonymous()
    {
        Assert.Equal(Actor.Anonymous, await Actors.FromAsync(null, default));
        Assert.Equal(Actor.Anonymous, await Actors.FromAsync(new ClaimsPrincipal(new ClaimsIdentity()), default));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await site.DisposeAsync();

    // As the site makes it at sign-in.
    private async Task<ClaimsPrincipal> SessionOfAsync(Actor actor)
    {
        await using var scope = site.Services.CreateAsyncScope();
        await using var db = await scope.ServiceProvider.GetRequiredService<IDbContextFactory<RlhfHubDbContext>>().CreateDbContextAsync();
        return await scope.ServiceProvider.GetRequiredService<IUserClaimsPrincipalFactory<Person>>().CreateAsync(await db.Users.SingleAsync(person => person.Id == actor.Id));
    }
}
