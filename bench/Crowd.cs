using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;
using RlhfHub.Domain.Queue;
using RlhfHub.Web.Tests;

namespace RlhfHub.Bench;

/// <summary>Raters who compare replies through the API, each about every three seconds, in a project in which everybody answers everything.</summary>
internal sealed class Crowd(string dataFolder, int raters, int tasks) : IAsyncDisposable
{
    private static readonly string Reply = string.Join("\n\n", Enumerable.Repeat("Begin with what you can see, and change **one thing** at a time: light, water, warmth. Wait three days before the next change.", 4));

    private readonly List<string> tokens = [];
    private readonly HttpClient http = new();
    private int answered;

    public Guid ProjectId { get; private set; }

    /// <summary>How many answers the site has taken from them.</summary>
    public int Answered => answered;

    /// <summary>Fills an empty data folder, with the site's admin among the raters; the site must not run.</summary>
    public async Task PrepareAsync()
    {
        var folder = DataFolder.Locate(dataFolder, null, "");
        folder.Create();
        // A first start makes the admin.
        await using (await SiteProcess.StartAsync(new() { ["RLHFHUB_DATA"] = dataFolder })) { }
        await using var services = new ServiceCollection().AddSingleton(folder).AddHub(folder.Database).BuildServiceProvider();
        List<Guid> people = [];
        await using (var db = await services.GetRequiredService<IDbContextFactory<RlhfHubDbContext>>().CreateDbContextAsync())
        {
            var project = new Project { Name = "Crowd", Settings = new ProjectSettings { Overlap = raters + 1 }, CreatedAt = DateTime.UtcNow };
            ProjectId = project.Id;
            db.Add(project);
            db.Add(new ProjectMember { ProjectId = project.Id, PersonId = (await db.Users.SingleAsync()).Id, JoinedAt = DateTime.UtcNow });
            for (var index = 0; index < raters; index++)
            {
                var person = new Person { UserName = $"rater-{index}@example.org", DisplayName = $"Rater {index}" };
                db.AddRange(person, new ProjectMember { ProjectId = project.Id, PersonId = person.Id, JoinedAt = DateTime.UtcNow });
                people.Add(person.Id);
            }
            for (var index = 0; index < tasks; index++) AddTask(db, index);
            db.Add(new QueuePosition { ProjectId = project.Id, Last = tasks });
            await db.SaveChangesAsync();
        }
        var service = services.GetRequiredService<PersonalTokenService>();
        foreach (var person in people) tokens.Add(await service.CreateAsync(new Actor(person), "crowd", ActorScope.Label, 1, default));
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
    }

    /// <summary>Lets all of them work until told to stop.</summary>
    public Task WorkAsync(Uri address, CancellationToken stop) => Task.WhenAll(tokens.Select((token, seed) => WorkAsync(address, token, new Random(seed), stop)));

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        return default;
    }

    private async Task WorkAsync(Uri address, string token, Random random, CancellationToken stop)
    {
        try
        {
            await Task.Delay(random.Next(3000), stop);   // not all at once
            while (true)
            {
                var found = await PostAsync("next", new { });
                if (found.GetProperty("task") is not { ValueKind: JsonValueKind.Object } task) return;
                await Task.Delay(random.Next(1500, 4500), stop);
                await PostAsync($"{task.GetProperty("assignmentId").GetString()}/submission", new { answer = new { kind = "comparison", better = random.Next(2), strength = 1 }, clientKey = Guid.NewGuid().ToString("N") });
                Interlocked.Increment(ref answered);
            }
        }
        catch (OperationCanceledException)
        {
            // The measurement is over.
        }

        async Task<JsonElement> PostAsync(string path, object body)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, $"/api/v1/projects/{ProjectId}/desk/{path}")) { Content = JsonContent.Create(body) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var response = await http.SendAsync(request, stop);
            response.EnsureSuccessStatusCode();
            return await response.Content.ReadFromJsonAsync<JsonElement>(stop);
        }
    }

    private void AddTask(RlhfHubDbContext db, int index)
    {
        Message[] messages = [new(Message.User, $"Question {index}: how do I keep basil alive on a windowsill?")];
        var prompt = new Prompt { ProjectId = ProjectId, Messages = messages, ContentHash = PromptText.Hash(messages), CreatedAt = DateTime.UtcNow };
        var task = new LabelingTask { ProjectId = ProjectId, PromptId = prompt.Id, Kind = TaskKind.Comparison, RequiredJudgments = raters + 1, Position = index + 1, CreatedAt = DateTime.UtcNow };
        db.AddRange(prompt, task);
        for (var place = 0; place < 2; place++)
        {
            var response = new Response { PromptId = prompt.Id, Text = $"{place}. {Reply}", Origin = ResponseOrigin.Import, CreatedAt = DateTime.UtcNow };
            db.AddRange(response, new TaskResponse { TaskId = task.Id, Place = place, ResponseId = response.Id });
        }
    }
}
