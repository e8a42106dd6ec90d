using System.Reflection;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Tests.People;

/// <summary>Calls every use case as everybody: in the own project, in a foreign one, with tokens that allow less, and without signing in. A new one is covered the moment it is public.</summary>
public sealed class UseCaseAuthorizationTests : IAsyncLifetime
{
    private TestHub hub = null!;
    private Guid ownProject;
    private Guid foreignProject;
    private readonly Dictionary<ProjectRole, Actor> members = [];
    private Actor stranger = Actor.Anonymous;

    public static IEnumerable<object[]> UseCases => Methods().Select(method => (method.DeclaringType!.Name, method.Name)).Distinct().Select(method => new object[] { method.Item1, method.Item2 });

    [Fact]
    public void EveryPublicMethodOfAService_DeclaresItsPolicyAndTakesTheActorFirst()
    {
        var wrong = Methods().Where(method => method.GetParameters().FirstOrDefault()?.ParameterType != typeof(Actor) || method.GetCustomAttribute<RequiresAttribute>() is null)
            .Select(method => $"{method.DeclaringType!.Name}.{method.Name}").ToList();

        Assert.True(wrong.Count == 0, $"These take no Actor first, or declare no [Requires]: {string.Join(", ", wrong)}");
        Assert.True(Methods().Count() > 40);
    }

    [Theory]
    [MemberData(nameof(UseCases))]
    public async Task UseCase_CalledByEverybody_LetsInThoseWhomItDeclares(string service, string name)
    {
        foreach (var method in Methods().Where(method => method.DeclaringType!.Name == service && method.Name == name))
        {
            var policy = method.GetCustomAttribute<RequiresAttribute>()!;
            if (IsOfProject(method)) await CheckProjectAsync(method, policy);
            else await CheckSiteAsync(method, policy);
        }
    }

    public async Task InitializeAsync()
    {
        hub = await TestHub.CreateAsync();
        ownProject = await hub.AddProjectAsync();
        foreignProject = await hub.AddProjectAsync();
        foreach (var role in Enum.GetValues<ProjectRole>()) members[role] = await hub.AddMemberAsync(ownProject, role);
        stranger = await hub.AddPersonAsync("stranger");
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();

    private static IEnumerable<MethodInfo> Methods() => typeof(Access).Assembly.GetTypes()
        .Where(type => type is { IsClass: true, IsPublic: true } && type.Name.EndsWith("Service", StringComparison.Ordinal))
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)).Where(method => !method.IsSpecialName && method.Name != nameof(IDisposable.Dispose));

    private static bool IsOfProject(MethodInfo method) => method.GetParameters() is [_, { ParameterType: var second, Name: "projectId" }, ..] && second == typeof(Guid);

    private async Task CheckProjectAsync(MethodInfo method, RequiresAttribute requires)
    {
        await AssertAsync(method, Actor.Anonymous, ownProject, AccessProblem.SignInNeeded);
        await AssertAsync(method, stranger, ownProject, requires.Policy == Policy.ManageSite ? AccessProblem.Forbidden : AccessProblem.NotFound);
        foreach (var (role, member) in members)
        {
            var isAllowed = requires.Policy switch
            {
                Policy.See or Policy.Label => true,
                Policy.Review => role >= ProjectRole.Reviewer,
                Policy.Manage => role == ProjectRole.Admin,
                _ => false,
            };
            await AssertAsync(method, member, ownProject, isAllowed ? null : AccessProblem.Forbidden);
            await AssertAsync(method, member, foreignProject, requires.Policy == Policy.ManageSite ? AccessProblem.Forbidden : AccessProblem.NotFound);
        }
        await AssertAsync(method, hub.Admin, ownProject, null);
        await AssertAsync(method, hub.Admin, Guid.NewGuid(), AccessProblem.NotFound);
        await CheckScopesAsync(method, requires, ownProject);
    }

    private async Task CheckSiteAsync(MethodInfo method, RequiresAttribute requires)
    {
        await AssertAsync(method, Actor.Anonymous, null, requires.Policy == Policy.Anybody ? null : AccessProblem.SignInNeeded);
        await AssertAsync(method, stranger, null, requires.Policy == Policy.ManageSite ? AccessProblem.Forbidden : null);
        await AssertAsync(method, members[ProjectRole.Admin], null, requires.Policy == Policy.ManageSite ? AccessProblem.Forbidden : null);
        await AssertAsync(method, hub.Admin, null, null);
        if (requires.Policy != Policy.Anybody) await CheckScopesAsync(method, requires, null);
    }

    // A token allows at most what it was made for, whoever made it.
    private async Task CheckScopesAsync(MethodInfo method, RequiresAttribute requires, Guid? project)
    {
        var needed = requires.ReadsOnly ? ActorScope.Read : requires.Policy == Policy.Label ? ActorScope.Label : ActorScope.Everything;
        foreach (var scope in new[] { ActorScope.None, ActorScope.Read, ActorScope.Label })
            if (scope < needed) await AssertAsync(method, hub.Admin with { Scope = scope }, project, AccessProblem.Forbidden);
    }

    private async Task AssertAsync(MethodInfo method, Actor actor, Guid? project, AccessProblem? expected)
    {
        var found = await ProblemAsync(method, actor, project);
        Assert.True(found == expected, $"{method.DeclaringType!.Name}.{method.Name} as {Who(actor)}: expected {expected?.ToString() ?? "to be let in"}, got {found?.ToString() ?? "in"}.");
    }

    private string Who(Actor actor) => actor.PersonId is null ? "nobody" : actor.IsSiteAdmin ? $"site admin with scope {actor.Scope}" : actor == stranger ? "a stranger" : members.First(member => member.Value == actor).Key.ToString();

    private async Task<AccessProblem?> ProblemAsync(MethodInfo method, Actor actor, Guid? project)
    {
        var arguments = method.GetParameters().Select((parameter, place) => place == 0 ? actor : place == 1 && project is not null ? project.Value : SampleValue.Of(parameter.ParameterType)).ToArray();
        var service = method.IsStatic ? null : hub.GetService(method.DeclaringType!);
        try
        {
            await (Task)method.Invoke(service, arguments)!;
            return null;
        }
        catch (AccessException error)
        {
            // What is let in may still ask for something that does not exist: only the project itself counts here.
            return error.Problem == AccessProblem.NotFound && !(project is not null && error.Message.Contains(project.Value.ToString(), StringComparison.Ordinal)) ? null : error.Problem;
        }
        catch (TargetInvocationException error) when (error.InnerException is AccessException access)
        {
            return access.Problem;
        }
        catch (Exception error) when (error is InvalidRequestException or StaleVersionException or TargetInvocationException or ArgumentException)
        {
            return null;   // it was let in, and what was asked made no sense
        }
    }
}
