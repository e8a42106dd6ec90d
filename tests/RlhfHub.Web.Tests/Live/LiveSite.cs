using System.Security.Claims;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Rounds;
using RlhfHub.Web.Account;
using RlhfHub.Web.Live;

namespace RlhfHub.Web.Tests.Live;

/// <summary>A project with a run, people in every role, and the streams with a clock that is moved by hand.</summary>
internal sealed class LiveSite : IAsyncDisposable
{
    private LiveSite(TestSite site, Actor admin, Guid project, StoredRun run) => (Site, Admin, Project, Run) = (site, admin, project, run);

    public TestSite Site { get; }

    public Actor Admin { get; }

    public Guid Project { get; }

    public StoredRun Run { get; }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

    public LiveFeed Feed => Get<LiveFeed>();

    public RunStream Runs => new(Feed, Get<RoundService>(), Get<ActorFactory>(), Get<Access>(), Time);

    public ProjectStream Projects => new(Feed, Get<ActorFactory>(), Get<Access>(), Time);

    /// <param name="site">A site to be used; it is disposed of with this.</param>
    public static async Task<LiveSite> CreateAsync(TestSite? site = null)
    {
        site ??= new TestSite();
        var admin = await site.AdminAsync();
        var project = await site.Services.GetRequiredService<ProjectService>().CreateAsync(admin, new ProjectDraft { Name = "Live" }, default);
        return new(site, admin, project, await StoredRun.CreateAsync(site.Services, admin, project));
    }

    public T Get<T>() where T : notnull => Site.Services.GetRequiredService<T>();

    /// <summary>A member of the project, or with no role a stranger.</summary>
    public async Task<Actor> AddAsync(ProjectRole? role)
    {
        var person = await Site.AddPersonAsync($"{Guid.NewGuid():N}@example.org");
        if (role is { } given) await Get<MemberService>().AddAsync(Admin, Project, person.Id, given, default);
        return person;
    }

    public Task<string> TokenAsync(Actor person, ActorScope scope = ActorScope.Everything) => Get<PersonalTokenService>().CreateAsync(person, $"{Guid.NewGuid():N}"[..12], scope, 1, default);

    /// <summary>The principal of somebody who comes with a token.</summary>
    public async Task<ClaimsPrincipal> PrincipalAsync(Actor person)
    {
        var owner = await Get<TokenAuthentication>().FindAsync(await TokenAsync(person), default);
        return new(new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, person.Id.ToString()), new(ActorFactory.ScopeClaim, owner!.Scope.ToString()), new(ActorFactory.TokenClaim, owner.TokenId.ToString())], "Token"));
    }

    public async ValueTask DisposeAsync() => await Site.DisposeAsync();
}
