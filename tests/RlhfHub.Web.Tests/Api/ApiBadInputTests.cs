using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Web.Tests.Api;

/// <summary>What makes no sense is answered by problem details, at every endpoint, and changes nothing.</summary>
public sealed class ApiBadInputTests : IAsyncLifetime
{
    private readonly TestSite site = new();
    private ApiSession session = null!;
    private Guid project;

    [Theory]
    [InlineData("{", "cannot be read")]
    [InlineData("", "cannot be read")]
    [InlineData("[]", "another type")]
    [InlineData("\"text\"", "another type")]
    [InlineData("""{"noSuchField": 1}""", null)]
    public async Task AnyEndpoint_BodyThatIsNotItsOwn_IsABadRequestWithASentence(string body, string? says)
    {
        List<string> faults = [];
        var before = await RowsAsync();
        foreach (var endpoint in WithBody())
        {
            using var request = new HttpRequestMessage(ApiEndpoints.Method(endpoint), ApiEndpoints.Address(endpoint, project)) { Content = ApiEndpoints.Json(body) };
            using var response = await session.Client.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            // A request without required fields may leave its body's own fields out; it then fails for what it names, or not at all.
            if (response.StatusCode != HttpStatusCode.BadRequest || response.Content.Headers.ContentType?.MediaType != "application/problem+json" || text.Contains("RlhfHub.", StringComparison.Ordinal) || text.Contains("System.", StringComparison.Ordinal))
                faults.Add($"{ApiEndpoints.Name(endpoint)}: {(int)response.StatusCode} {text}");
            else if (says is not null && body.Length > 0 && !text.Contains(says, StringComparison.Ordinal) && !text.Contains("cannot be read", StringComparison.Ordinal)) faults.Add($"{ApiEndpoints.Name(endpoint)}: {text}");
        }

        Assert.True(faults.Count == 0, string.Join("\n", faults));
        Assert.Equal(before, await RowsAsync());
    }

    [Fact]
    public async Task AnyEndpoint_UnknownIds_IsAnsweredWithProblemDetailsAndChangesNothing()
    {
        List<string> faults = [];
        var before = await RowsAsync();
        foreach (var endpoint in ApiEndpoints.Api(site).Where(endpoint => endpoint.RoutePattern.Parameters.Count(parameter => parameter.Name != "projectId") > 0))
        {
            using var request = new HttpRequestMessage(ApiEndpoints.Method(endpoint), ApiEndpoints.Address(endpoint, project));
            if (request.Method != HttpMethod.Get && request.Method != HttpMethod.Delete) request.Content = ApiEndpoints.SampleBody(site, endpoint);
            using var response = await session.Client.SendAsync(request);
            var isProblem = response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest && response.Content.Headers.ContentType?.MediaType == "application/problem+json";
            if (!isProblem) faults.Add($"{ApiEndpoints.Name(endpoint)}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }

        Assert.True(faults.Count == 0, string.Join("\n", faults));
        Assert.Equal(before, await RowsAsync());
    }

    [Fact]
    public async Task AnyEndpoint_OversizedBody_IsRefused()
    {
        var oversized = "{\"name\": \"" + new string('a', 17 << 20) + "\"}";

        using var response = await session.Client.PostAsync("/api/v1/projects", ApiEndpoints.Json(oversized));

        Assert.Contains(response.StatusCode, new[] { HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.BadRequest });
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("GET", "/api/v1/no/such/thing", 404, "openapi.json")]
    [InlineData("PATCH", "/api/v1/projects", 405, "does not take PATCH")]
    [InlineData("GET", "/api/v1/projects?limit=9999", 400, "between 1 and 500")]
    [InlineData("GET", "/api/v1/projects?limit=many", 400, "limit")]
    [InlineData("GET", "/api/v1/projects/not-an-id", 404, "")]
    public async Task Address_ThatMakesNoSense_SaysSo(string method, string address, int status, string says)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        using var response = await session.Client.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(says, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Update_WithAVersionThatIsOld_IsAConflict()
    {
        var details = await session.GetAsync($"projects/{project}");
        var body = new { version = details.GetProperty("version").GetString(), value = new { name = "Renamed" } };
        await session.PutAsync($"projects/{project}", body);

        using var again = await session.Client.PutAsync($"/api/v1/projects/{project}", ApiEndpoints.Json(JsonSerializer.Serialize(body)));

        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Equal("Renamed", (await session.GetAsync($"projects/{project}")).GetProperty("name").GetString());
    }

    [Fact]
    public async Task Create_WithSeveralFaults_NamesEachField()
    {
        using var response = await session.Client.PostAsync("/api/v1/projects", ApiEndpoints.Json("""{"name": "", "settings": {"overlap": 0, "kinds": []}}"""));

        var errors = (await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync())).RootElement.GetProperty("errors");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.True(errors.TryGetProperty("name", out _) && errors.TryGetProperty("settings.overlap", out _) && errors.TryGetProperty("settings.kinds", out _), errors.ToString());
    }

    [Fact]
    public async Task Write_WithACookieAndNoAntiforgeryHeader_IsRefused()
    {
        using var browser = await site.SignInAsync();

        using var without = await browser.PostAsync("/api/v1/projects", ApiEndpoints.Json("""{"name": "Forged"}"""));
        using var token = JsonDocument.Parse(await browser.GetStringAsync("/api/v1/me/antiforgery"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/projects") { Content = ApiEndpoints.Json("""{"name": "Meant"}""") };
        request.Headers.Add(token.RootElement.GetProperty("header").GetString()!, token.RootElement.GetProperty("value").GetString());
        using var with = await browser.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, without.StatusCode);
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);
    }

    public async Task InitializeAsync()
    {
        var admin = await site.AdminAsync();
        project = await site.Services.GetRequiredService<ProjectService>().CreateAsync(admin, new ProjectDraft { Name = "Bad input", Settings = new ProjectSettings { Kinds = [.. Enum.GetValues<TaskKind>().Where(kind => kind != TaskKind.Classification)] } }, default);
        session = await ApiSession.OpenAsync(site, admin);
    }

    public async Task DisposeAsync()
    {
        session.Dispose();
        await site.DisposeAsync();
    }

    private IEnumerable<RouteEndpoint> WithBody() => ApiEndpoints.Api(site).Where(endpoint => ApiEndpoints.BodyType(endpoint) is not null);

    // Every table's size but that of the log of tokens' use.
    private async Task<string> RowsAsync()
    {
        await using var db = await site.Services.GetRequiredService<IDbContextFactory<RlhfHubDbContext>>().CreateDbContextAsync();
        List<string> counts = [];
        await db.Database.OpenConnectionAsync();
        foreach (var table in db.Model.GetEntityTypes().Select(type => type.GetTableName()!).Distinct().Order())
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = $"SELECT COUNT(*) FROM \"{table}\"";
            counts.Add($"{table} {await command.ExecuteScalarAsync()}");
        }
        return string.Join(", ", counts);
    }
}
