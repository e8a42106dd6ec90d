using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Models;
using RlhfHub.Web.Tests.Live;

namespace RlhfHub.Web.Tests.Api;

/// <summary>Rounds, their events and what they left, by REST.</summary>
public sealed class RoundApiTests : IAsyncLifetime
{
    private LiveSite live = null!;
    private ApiSession session = null!;

    private string Project => $"projects/{live.Project}";

    [Fact]
    public async Task Events_OfARun_ComeInPartsByKind()
    {
        await live.Run.StoreAndTellAsync(5);

        Assert.Equal([3L, 4L], await SeqsAsync("after=2&limit=2"));
        Assert.Equal([4L, 5L], await SeqsAsync("after=3&kinds=metric&kinds=state"));
        Assert.Empty(await SeqsAsync("kinds=state"));
        Assert.Equal(3, (await session.GetAsync($"{Project}/runs/{live.Run.Id}/events?after=2&limit=1"))[0].GetProperty("content").GetProperty("step").GetInt32());
    }

    [Fact]
    public async Task Round_ThatIsOver_CanBeReadAndNotBePaused()
    {
        var listed = (await session.GetAsync($"{Project}/rounds")).GetProperty("items")[0];
        var round = await session.GetAsync($"{Project}/rounds/{live.Run.RoundId}");

        Assert.Equal(live.Run.RoundId, listed.GetProperty("id").GetGuid());
        Assert.Equal("completed", round.GetProperty("summary").GetProperty("state").GetString());
        Assert.Equal(live.Run.Id, round.GetProperty("summary").GetProperty("runs")[0].GetProperty("id").GetGuid());
        foreach (var step in new[] { "pause", "stop", "checkpoint", "resumption" })
            Assert.False((await session.PostAsync($"{Project}/rounds/{live.Run.RoundId}/{step}", new { })).GetProperty("value").GetBoolean(), step);
    }

    [Fact]
    public async Task Launch_WithNothingToLearnFrom_NamesTheStage()
    {
        var plan = new { stages = new[] { new { kind = "sft", options = new { max_steps = 1 } } } };
        var preview = await session.PostAsync($"{Project}/rounds/preview", plan);

        using var refused = await session.Client.PostAsync($"/api/v1/{Project}/rounds", ApiEndpoints.Json(JsonSerializer.Serialize(new { plan })));
        var later = await session.PostAsync($"{Project}/rounds", new { plan, startsAt = DateTime.UtcNow.AddDays(1) });

        var refusal = preview.GetProperty("stages")[0].GetProperty("refusal").GetString()!;
        Assert.Contains("too few", refusal);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        using var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync());
        Assert.Equal(refusal, problem.RootElement.GetProperty("errors").GetProperty("plan.stages[0]")[0].GetString());
        Assert.Equal("queued", (await session.GetAsync($"{Project}/rounds/{later.GetProperty("id").GetGuid()}")).GetProperty("summary").GetProperty("state").GetString());
    }

    [Fact]
    public async Task Version_IsPromotedOnceAndNotRetiredWhileInUse()
    {
        var version = new ModelVersion
        {
            ProjectId = live.Project,
            Name = "round 1 sft",
            Kind = "sft",
            BaseModel = "starter",
            RunId = live.Run.Id,
            Metrics = new Dictionary<string, double> { ["eval_loss"] = 2.5 },
            CreatedAt = DateTime.UtcNow,
        };
        await using (var db = await live.Get<IDbContextFactory<RlhfHubDbContext>>().CreateDbContextAsync())
        {
            db.Add(version);
            await db.SaveChangesAsync();
        }
        var address = $"{Project}/versions/{version.Id}";

        await session.PutAsync($"{address}/retired", new { value = true });
        Assert.Equal("retired", (await session.GetAsync(address)).GetProperty("state").GetString());
        Assert.True((await session.PostAsync($"{address}/promotion", new { })).GetProperty("value").GetBoolean());
        Assert.False((await session.PostAsync($"{address}/promotion", new { })).GetProperty("value").GetBoolean());
        using var refused = await session.Client.PutAsync($"/api/v1/{address}/retired", ApiEndpoints.Json("""{"value": true}"""));

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var listed = (await session.GetAsync($"{Project}/versions")).GetProperty("items")[0];
        Assert.Equal(("inUse", 2.5), (listed.GetProperty("state").GetString(), listed.GetProperty("metrics").GetProperty("eval_loss").GetDouble()));
        Assert.Equal($"versions/{version.Id:N}", (await session.GetAsync($"{Project}/model")).GetProperty("name").GetString());
    }

    public async Task InitializeAsync()
    {
        live = await LiveSite.CreateAsync();
        session = await ApiSession.OpenAsync(live.Site, live.Admin);
    }

    public async Task DisposeAsync()
    {
        session.Dispose();
        await live.DisposeAsync();
    }

    private async Task<IReadOnlyList<long>> SeqsAsync(string query) => [.. (await session.GetAsync($"{Project}/runs/{live.Run.Id}/events?{query}")).EnumerateArray().Select(item => item.GetProperty("seq").GetInt64())];
}
