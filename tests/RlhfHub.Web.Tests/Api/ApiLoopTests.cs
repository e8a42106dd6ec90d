using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain.People;

namespace RlhfHub.Web.Tests.Api;

/// <summary>What a page can do, the API can do: from an empty site to a file of judged pairs, by REST alone.</summary>
public sealed class ApiLoopTests : IAsyncLifetime
{
    private readonly TestSite site = new();
    private ApiSession admin = null!, rater = null!;
    private Actor raterActor = Actor.Anonymous;

    [Fact]
    public async Task EmptySite_ByRestAlone_ComesToAnExportOfWhatARaterSaid()
    {
        var project = (await admin.PostAsync("projects", new { name = "Capitals", settings = new { kinds = new[] { "comparison" }, overlap = 1 } })).GetProperty("id").GetString();
        await admin.PutAsync($"projects/{project}/guidelines", new { seen = 0, markdown = "Prefer what is **true**." });
        await admin.PostAsync($"projects/{project}/members", new { personId = raterActor.Id, role = "rater" });

        var import = await ImportAsync(project!, """
            {"prompt": "What is the capital of France?"}
            {"prompt": "What is the capital of Italy?"}
            """);
        Assert.Equal(2, import.GetProperty("counts").GetProperty("newPrompts").GetInt32());
        foreach (var prompt in (await admin.GetAsync($"projects/{project}/prompts")).GetProperty("items").EnumerateArray())
            await admin.PostAsync($"projects/{project}/prompts", new { messages = prompt.GetProperty("messages"), responses = new[] { "The right one.", "The wrong one." } });
        Assert.Equal(2, (await admin.PostAsync($"projects/{project}/tasks", new { kind = "comparison" })).GetProperty("created").GetInt32());

        for (var task = 0; task < 2; task++)
        {
            var next = (await rater.PostAsync($"projects/{project}/desk/next", new { })).GetProperty("task");
            var id = next.GetProperty("assignmentId").GetString();
            var better = next.GetProperty("replies")[0].GetString() == "The right one." ? 0 : 1;
            await rater.PutAsync($"projects/{project}/desk/{id}/draft", new { device = "program", sequence = 1, content = "{}" });
            var receipt = await rater.PostAsync($"projects/{project}/desk/{id}/submission", new { clientKey = $"program-{task}", guidelinesVersion = 1, answer = new { better, strength = 2, kind = "comparison" } });
            Assert.Equal("counted", receipt.GetProperty("outcome").GetString());
        }
        Assert.Equal("nothingWaits", (await rater.PostAsync($"projects/{project}/desk/next", new { })).GetProperty("outcome").GetString());

        var judgment = (await admin.GetAsync($"projects/{project}/judgments")).GetProperty("items")[0].GetProperty("id").GetString();
        await admin.PostAsync($"projects/{project}/judgments/{judgment}/approval", new { revision = 1 });
        var snapshot = (await admin.PostAsync($"projects/{project}/snapshots", new { name = "First", rules = new { } })).GetProperty("id").GetString();
        Assert.Equal("First", (await admin.GetAsync($"projects/{project}/judgments/{judgment}/snapshots"))[0].GetProperty("name").GetString());

        using var export = await admin.Client.PostAsync($"/api/v1/projects/{project}/snapshots/{snapshot}/export", ApiEndpoints.Json("""{"format": "trl-preference"}"""));
        var lines = (await export.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("First.jsonl", export.Content.Headers.ContentDisposition?.FileName);
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.Equal("The right one.", JsonDocument.Parse(line).RootElement.GetProperty("chosen").GetString()));
        Assert.Null((await admin.GetAsync("audit/verification")).GetProperty("problem").GetString());
    }

    [Fact]
    public async Task OpenApi_Document_DescribesEveryEndpoint()
    {
        var document = await admin.GetAsync("openapi.json");

        var described = document.GetProperty("paths").EnumerateObject().Sum(path => path.Value.EnumerateObject().Count(operation => operation.Value.TryGetProperty("summary", out _)));
        Assert.Equal(ApiEndpoints.Api(site).Count() - 1, described);   // all but the document itself
    }

    [Fact]
    public async Task TaskOfARater_TellsNeitherWhoWroteNorWhatFor()
    {
        var project = (await admin.PostAsync("projects", new { name = "Blind", settings = new { kinds = new[] { "comparison" } } })).GetProperty("id").GetString();
        await admin.PostAsync($"projects/{project}/members", new { personId = raterActor.Id, role = "rater" });
        await admin.PostAsync($"projects/{project}/prompts", new { source = "secret-model", messages = new[] { new { role = "user", content = "Hello" } }, responses = new[] { "Hi", "Hey" } });
        await admin.PostAsync($"projects/{project}/tasks", new { kind = "comparison" });

        var task = (await rater.PostAsync($"projects/{project}/desk/next", new { })).GetProperty("task");

        Assert.DoesNotContain("secret-model", task.GetRawText());
        Assert.Equal(["assignmentId", "projectId", "kind", "state", "messages", "replies", "leaseExpiresAt", "reason", "guidelinesVersion", "earlierAnswer", "draft", "otherDrafts"], task.EnumerateObject().Select(field => field.Name));
    }

    public async Task InitializeAsync()
    {
        admin = await ApiSession.OpenAsync(site, await site.AdminAsync());
        raterActor = await site.AddPersonAsync("rater@example.org");
        rater = await ApiSession.OpenAsync(site, raterActor);
    }

    public async Task DisposeAsync()
    {
        admin.Dispose();
        rater.Dispose();
        await site.DisposeAsync();
    }

    private async Task<JsonElement> ImportAsync(string project, string text)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var sent = await admin.Client.PostAsync($"/api/v1/projects/{project}/imports?fileName=questions.jsonl", content);
        var id = JsonDocument.Parse(await sent.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetString();
        await admin.PostAsync($"projects/{project}/imports/{id}/start", new { });
        while (true)
        {
            var import = await admin.GetAsync($"projects/{project}/imports/{id}");
            if (import.GetProperty("state").GetString() != "queued") return import;
            await Task.Delay(20);
        }
    }
}
