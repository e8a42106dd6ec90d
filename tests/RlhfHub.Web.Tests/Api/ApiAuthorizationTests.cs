using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Web.Tests.Api;

/// <summary>Calls every endpoint of the API as everybody, in the own and in a foreign project, and checks that every other address of the site says who may reach it. A new endpoint is covered the moment it is mapped.</summary>
public sealed class ApiAuthorizationTests : IAsyncLifetime
{
    private readonly TestSite site = new();
    private readonly Dictionary<string, string?> tokens = [];
    private Guid ownProject;
    private Guid foreignProject;

    [Fact]
    public void EveryAddress_OfTheSite_SaysWhoMayReachIt()
    {
        var silent = ApiEndpoints.All(site).Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null && endpoint.Metadata.GetMetadata<IAuthorizeData>() is null)
            .Select(endpoint => endpoint.RoutePattern.RawText).Where(pattern => pattern?.StartsWith("_blazor", StringComparison.Ordinal) != true && pattern?.StartsWith("/_blazor", StringComparison.Ordinal) != true).ToList();

        // What says nothing is closed to strangers by the fallback policy; pages should still say it themselves.
        Assert.True(silent.All(pattern => !pattern!.StartsWith("/api", StringComparison.Ordinal)), string.Join(", ", silent));
    }

    [Fact]
    public void EveryEndpoint_OfTheApi_DeclaresItsPolicy()
    {
        var undeclared = ApiEndpoints.Api(site).Where(endpoint => endpoint.Metadata.GetMetadata<RequiresAttribute>() is null).Select(ApiEndpoints.Name).ToList();

        Assert.True(undeclared.Count == 0, $"These declare no policy: {string.Join(", ", undeclared)}");
        Assert.True(ApiEndpoints.Api(site).Count() > 50);
    }

    [Fact]
    public async Task EveryEndpoint_CalledByEverybody_LetsInThoseWhomItDeclares()
    {
        List<string> faults = [];
        foreach (var endpoint in ApiEndpoints.Api(site))
        {
            var requires = endpoint.Metadata.GetMetadata<RequiresAttribute>()!;
            var isOfProject = ApiEndpoints.IsOfProject(endpoint);
            foreach (var (who, token) in tokens)
            {
                var expected = Expected(who, requires, isOfProject);
                await CheckAsync(endpoint, who, token, ownProject, expected, faults);
                if (!isOfProject) continue;
                var isSiteAdmin = who is "site admin" or "token that reads";   // the token is the admin's
                var foreign = expected == HttpStatusCode.Unauthorized || isSiteAdmin || requires.Policy == Policy.ManageSite ? expected : HttpStatusCode.NotFound;
                await CheckAsync(endpoint, who, token, foreignProject, foreign, faults);
            }
        }

        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }

    public async Task InitializeAsync()
    {
        var admin = await site.AdminAsync();
        var projects = site.Services.GetRequiredService<ProjectService>();
        ownProject = await projects.CreateAsync(admin, new ProjectDraft { Name = "Own" }, default);
        foreignProject = await projects.CreateAsync(admin, new ProjectDraft { Name = "Foreign" }, default);
        var people = site.Services.GetRequiredService<PersonalTokenService>();
        tokens["nobody"] = null;
        tokens["site admin"] = await people.CreateAsync(admin, "matrix", ActorScope.Everything, 1, default);
        tokens["token that reads"] = await people.CreateAsync(admin, "matrix", ActorScope.Read, 1, default);
        var stranger = await site.AddPersonAsync("stranger@example.org");
        tokens["stranger"] = await people.CreateAsync(stranger, "matrix", ActorScope.Everything, 1, default);
        foreach (var role in Enum.GetValues<ProjectRole>())
        {
            var member = await site.AddPersonAsync($"{role}@example.org");
            await site.Services.GetRequiredService<MemberService>().AddAsync(admin, ownProject, member.Id, role, default);
            tokens[role.ToString()] = await people.CreateAsync(member, "matrix", ActorScope.Everything, 1, default);
        }
    }

    public async Task DisposeAsync() => await site.DisposeAsync();

    // null: let in, whatever comes of it.
    private static HttpStatusCode? Expected(string who, RequiresAttribute requires, bool isOfProject)
    {
        if (who == "nobody") return HttpStatusCode.Unauthorized;
        if (who == "site admin") return null;
        if (who == "token that reads") return requires.ReadsOnly ? null : HttpStatusCode.Forbidden;
        if (requires.Policy == Policy.SignedIn) return null;
        if (requires.Policy == Policy.ManageSite) return HttpStatusCode.Forbidden;
        if (isOfProject && who == "stranger") return HttpStatusCode.NotFound;
        var role = Enum.Parse<ProjectRole>(who);
        var isAllowed = requires.Policy is Policy.See or Policy.Label || requires.Policy == Policy.Review && role >= ProjectRole.Reviewer || requires.Policy == Policy.Manage && role == ProjectRole.Admin;
        return isAllowed ? null : HttpStatusCode.Forbidden;
    }

    private async Task CheckAsync(RouteEndpoint endpoint, string who, string? token, Guid project, HttpStatusCode? expected, List<string> faults)
    {
        using var client = site.CreateClient();
        using var request = new HttpRequestMessage(ApiEndpoints.Method(endpoint), ApiEndpoints.Address(endpoint, project));
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (request.Method != HttpMethod.Get && request.Method != HttpMethod.Delete) request.Content = ApiEndpoints.SampleBody(site, endpoint);
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var isIn = response.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) && !(response.StatusCode == HttpStatusCode.NotFound && text.Contains($"project {project}", StringComparison.Ordinal));
        var isRight = expected is null ? isIn : response.StatusCode == expected && !isIn;
        if (!isRight) faults.Add($"{ApiEndpoints.Name(endpoint)} as {who} in the {(project == ownProject ? "own" : "foreign")} project: expected {expected?.ToString() ?? "to be let in"}, got {(int)response.StatusCode} {text[..Math.Min(160, text.Length)]}");
        if ((int)response.StatusCode >= 500) faults.Add($"{ApiEndpoints.Name(endpoint)} as {who}: {(int)response.StatusCode}");
    }
}
