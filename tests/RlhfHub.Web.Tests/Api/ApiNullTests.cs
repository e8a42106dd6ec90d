using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Web.Tests.Api;

public sealed class ApiNullTests : IAsyncLifetime
{
    private readonly TestSite site = new();
    private ApiSession session = null!;
    private Guid project;

    [Fact]
    public async Task AnyField_Null_IsNoServerError()
    {
        List<string> faults = [];
        var count = 0;
        foreach (var endpoint in ApiEndpoints.Api(site).Where(endpoint => ApiEndpoints.BodyType(endpoint) is not null))
        {
            var sample = JsonNode.Parse(await ApiEndpoints.SampleBody(site, endpoint).ReadAsStringAsync())!;
            foreach (var path in Paths(sample, "").Append(""))
            {
                var body = path.Length == 0 ? "null" : With(sample, path);
                if (path.Length == 0 && false) continue;
                using var request = new HttpRequestMessage(ApiEndpoints.Method(endpoint), ApiEndpoints.Address(endpoint, project)) { Content = ApiEndpoints.Json(body) };
                using var response = await session.Client.SendAsync(request);
                count++;
                if ((int)response.StatusCode >= 500) faults.Add($"{ApiEndpoints.Name(endpoint)} {path}=null");
            }
        }
        Assert.True(faults.Count == 0, $"{faults.Count} of {count}:\n" + string.Join("\n", faults));
    }

    [Theory]
    [InlineData("POST", "projects/{p}/prompts", """{"messages":[null]}""")]
    [InlineData("POST", "projects/{p}/prompts", """{"messages":[{"role":"user","content":null}]}""")]
    [InlineData("POST", "projects/{p}/prompts", """{"messages":[{"role":"user","content":"hello"}],"responses":[null]}""")]
    [InlineData("POST", "projects/{p}/prompts", """{"messages":[{"role":"user","content":"hello"}],"tags":[null]}""")]
    [InlineData("POST", "projects/{p}/prompts", """{"messages":[{"role":"user","content":"hello"}],"source":null}""")]
    [InlineData("PUT", "projects/{p}/guidelines", """{"seen":0,"markdown":null}""")]
    [InlineData("POST", "projects", """{"name":"x","description":null}""")]
    [InlineData("POST", "projects", """{"name":"x","settings":{"comparison":null}}""")]
    [InlineData("POST", "projects", """{"name":"x","settings":{"kinds":null}}""")]
    [InlineData("POST", "projects", """{"name":"x","settings":{"languages":[null]}}""")]
    [InlineData("POST", "projects", """{"name":"x","settings":{"rating":{"attributes":[null]}}}""")]
    [InlineData("POST", "projects/{p}/desk/next", """{"held":null}""")]
    [InlineData("POST", "projects/{p}/desk/renewal", """{"assignmentIds":null}""")]
    [InlineData("POST", "projects/{p}/tasks", """{"kind":"comparison","filter":null}""")]
    [InlineData("POST", "projects/{p}/snapshots/preview", """{"kinds":null}""")]
    [InlineData("POST", "projects/{p}/snapshots/preview", """{"reviews":null}""")]
    [InlineData("POST", "projects/{p}/snapshots/preview", """{"submittedBefore":"2027-01-01T00:00:00"}""")]
    [InlineData("POST", "projects/{p}/rounds", """{"plan":null}""")]
    [InlineData("POST", "projects/{p}/rounds", """{"plan":{"stages":[null]}}""")]
    [InlineData("POST", "projects/{p}/rounds", """{"plan":{"stages":[{"kind":"sft","options":{"max_steps":null}}]}}""")]
    [InlineData("POST", "projects/{p}/rounds", """{"plan":{"stages":[{"kind":"sft","options":{"max_steps":{"a":[1e999]}}}]}}""")]
    [InlineData("POST", "projects/{p}/rounds", """{"plan":{"stages":[{"kind":"sft","options":{"max_steps":1,"max_steps":2}}]}}""")]
    [InlineData("POST", "projects/{p}/rounds", """{"plan":{"stages":[{"kind":"no such kind"}]},"startsAt":"2027-01-01T00:00:00"}""")]
    [InlineData("POST", "projects/{p}/rounds", """{"plan":{"stages":[{"kind":"ppo","rewardVersionId":"00000000-0000-0000-0000-000000000001"}]},"afterNewJudgments":2147483647}""")]
    [InlineData("POST", "projects/{p}/rounds/preview", """{"stages":[{"kind":"sft"},{"kind":"sft","fromVersionId":"00000000-0000-0000-0000-000000000001"}],"data":null}""")]
    [InlineData("GET", "projects/{p}/runs/00000000-0000-0000-0000-000000000001/events?after=-1", null)]
    [InlineData("GET", "projects/{p}/runs/00000000-0000-0000-0000-000000000001/events?limit=0&kinds=&kinds=metric", null)]
    [InlineData("GET", "projects/{p}/runs/00000000-0000-0000-0000-000000000001/events?after=99999999999999999999", null)]
    [InlineData("POST", "projects/{p}/imports?fileName=", null)]
    public async Task Nonsense_IsABadRequest(string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new(method), "/api/v1/" + path.Replace("{p}", project.ToString())) { Content = body is null ? null : ApiEndpoints.Json(body) };
        using var response = await session.Client.SendAsync(request);
        Assert.True((int)response.StatusCode is >= 400 and < 500, $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    [Fact]
    public async Task AnyField_LeftOut_IsNoServerError()
    {
        List<string> faults = [];
        foreach (var endpoint in ApiEndpoints.Api(site).Where(endpoint => ApiEndpoints.BodyType(endpoint) is not null))
        {
            var sample = JsonNode.Parse(await ApiEndpoints.SampleBody(site, endpoint).ReadAsStringAsync())!;
            foreach (var path in Paths(sample, "").Where(path => !char.IsDigit(path[^1])))
            {
                var copy = sample.DeepClone();
                JsonNode at = copy;
                var parts = path[1..].Split('/');
                foreach (var part in parts[..^1]) at = at is JsonArray list ? list[int.Parse(part)]! : at[part]!;
                ((JsonObject)at).Remove(parts[^1]);
                using var request = new HttpRequestMessage(ApiEndpoints.Method(endpoint), ApiEndpoints.Address(endpoint, project)) { Content = ApiEndpoints.Json(copy.ToJsonString()) };
                using var response = await session.Client.SendAsync(request);
                if ((int)response.StatusCode >= 500) faults.Add($"{ApiEndpoints.Name(endpoint)} without {path}");
            }
        }
        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }

    [Fact]
    public async Task Rater_DoesNotSeeHowMuchIsGold()
    {
        var rater = await site.AddPersonAsync("rater@example.org");
        await site.Services.GetRequiredService<MemberService>().AddAsync(await site.AdminAsync(), project, rater.Id, ProjectRole.Rater, default);
        using var own = await ApiSession.OpenAsync(site, rater);
        var details = await session.GetAsync($"projects/{project}");
        await session.PutAsync($"projects/{project}", new { version = details.GetProperty("version").GetString(), value = new { name = "Gold", settings = new { goldShare = 0.3 } } });

        Assert.Equal(0.3, (await session.GetAsync($"projects/{project}")).GetProperty("settings").GetProperty("goldShare").GetDouble());
        Assert.Equal(0, (await own.GetAsync($"projects/{project}")).GetProperty("settings").GetProperty("goldShare").GetDouble());
    }

    [Fact]
    public async Task AnswerThatBreaks_IsNoServerErrorForTheRater()
    {
        var admin = await site.AdminAsync();
        await session.PostAsync($"projects/{project}/prompts", new { messages = new[] { new { role = "user", content = "hello" } }, responses = new[] { "a", "b" } });
        await session.PostAsync($"projects/{project}/tasks", new { kind = "comparison" });
        var next = await session.PostAsync($"projects/{project}/desk/next", new { });
        var id = next.GetProperty("task").GetProperty("assignmentId").GetString();
        List<string> faults = [];
        var i = 0;
        foreach (var answer in new[] { """{"kind":"comparison","aspects":null}""", """{"kind":"comparison","better":0,"strength":1,"margin":1e999}""", """{"kind":"comparison","better":0,"strength":1,"rationale":"\ud800"}""" })
        {
            using var response = await session.Client.PostAsync($"/api/v1/projects/{project}/desk/{id}/submission", ApiEndpoints.Json($$"""{"answer":{{answer}},"clientKey":"breaks-{{i++:D4}}"}"""));
            if ((int)response.StatusCode >= 500 || response.IsSuccessStatusCode) faults.Add($"{answer}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }
        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }

    private static IEnumerable<string> Paths(JsonNode? node, string path) => node switch
    {
        JsonObject o => o.SelectMany(e => Paths(e.Value, $"{path}/{e.Key}").Prepend($"{path}/{e.Key}")),
        JsonArray a => a.SelectMany((e, i) => Paths(e, $"{path}/{i}").Prepend($"{path}/{i}")),
        _ => [],
    };

    private static string With(JsonNode sample, string path)
    {
        var copy = sample.DeepClone();
        JsonNode at = copy;
        var parts = path[1..].Split('/');
        foreach (var part in parts[..^1]) at = at is JsonArray list ? list[int.Parse(part)]! : at[part]!;
        if (at is JsonArray array) array[int.Parse(parts[^1])] = null; else at[parts[^1]] = null;
        return copy.ToJsonString();
    }

    public async Task InitializeAsync()
    {
        var admin = await site.AdminAsync();
        project = await site.Services.GetRequiredService<ProjectService>().CreateAsync(admin, new ProjectDraft { Name = "Nulls", Settings = new ProjectSettings { Kinds = [.. Enum.GetValues<TaskKind>().Where(kind => kind != TaskKind.Classification)] } }, default);
        session = await ApiSession.OpenAsync(site, admin);
    }

    public async Task DisposeAsync() { session.Dispose(); await site.DisposeAsync(); }
}
