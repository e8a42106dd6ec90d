using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;
using RlhfHub.Domain.Queue;

namespace RlhfHub.Web.Tests.Labeling;

/// <summary>
/// Many raters at the real site through its API, who skip, forget tasks, answer late and send answers twice, while the site is killed and started again. What each was told is written down,
/// and in the end compared with the database.
/// </summary>
internal sealed class LabelingLoad(string dataFolder, int raters, int submissions, int seed) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Guid> acknowledged = [];
    private readonly List<Rater> people = [];
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private Guid projectId;
    private int tasks, sent;

    /// <summary>How many answers the site has acknowledged.</summary>
    public int Acknowledged => acknowledged.Count;

    /// <summary>Fills an empty data folder; the site must not run.</summary>
    public async Task PrepareAsync()
    {
        var folder = DataFolder.Locate(dataFolder, null, "");
        folder.Create();
        await using var services = new ServiceCollection().AddSingleton(folder).AddHub(folder.Database).BuildServiceProvider();
        await using (var db = await services.GetRequiredService<IDbContextFactory<RlhfHubDbContext>>().CreateDbContextAsync())
        {
            await HubDatabase.MigrateAsync(db);
            var project = new Project { Name = "Load", Settings = new ProjectSettings { LeaseMinutes = 1 }, CreatedAt = DateTime.UtcNow };
            projectId = project.Id;
            db.Add(project);
            for (var index = 0; index < raters; index++)
            {
                var person = new Person { UserName = $"rater-{index}@example.org", DisplayName = $"Rater {index}" };
                db.AddRange(person, new ProjectMember { ProjectId = projectId, PersonId = person.Id, JoinedAt = DateTime.UtcNow });
                people.Add(new Rater(person.Id, new Random(HashCode.Combine(seed, index))));
            }
            await db.SaveChangesAsync();
            await AddTasksAsync(db);
        }
        var tokens = services.GetRequiredService<PersonalTokenService>();
        foreach (var rater in people) rater.Token = await tokens.CreateAsync(new Actor(rater.Id), "load", ActorScope.Label, 1, default);
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
    }

    /// <summary>Lets all raters work until so many answers are acknowledged.</summary>
    public async Task RunAsync(Func<Uri> address, CancellationToken cancellationToken) => await Task.WhenAll(people.Select(rater => Task.Run(() => WorkAsync(rater, address, cancellationToken), cancellationToken)));

    /// <summary>What is wrong in the database; empty when nothing is. The site must not run.</summary>
    public async Task<IReadOnlyList<string>> CheckAsync()
    {
        List<string> faults = [];
        await using var services = new ServiceCollection().AddHubDatabase(DataFolder.Locate(dataFolder, null, "").Database).BuildServiceProvider();
        await using var db = await services.GetRequiredService<IDbContextFactory<RlhfHubDbContext>>().CreateDbContextAsync();
        var counted = (await db.Judgments.AsNoTracking().Select(judgment => new { judgment.Id, judgment.TaskId, judgment.RaterId, judgment.Standing }).ToListAsync());
        var assignments = await db.Assignments.AsNoTracking().ToListAsync();
        var perTask = counted.Where(judgment => judgment.Standing == JudgmentStanding.Counted).GroupBy(judgment => judgment.TaskId).ToDictionary(group => group.Key, group => group.Count());
        var leased = assignments.Where(assignment => assignment.State == AssignmentState.Leased).GroupBy(assignment => assignment.TaskId).ToDictionary(group => group.Key, group => group.Count());
        foreach (var task in await db.Tasks.AsNoTracking().ToListAsync())
        {
            var (have, leases) = (perTask.GetValueOrDefault(task.Id), leased.GetValueOrDefault(task.Id));
            if (have > task.RequiredJudgments) faults.Add($"{have} of {task.RequiredJudgments} judgments are counted.");
            if (have != task.CountedJudgments || leases != task.LiveLeases) faults.Add($"The task says {task.CountedJudgments} + {task.LiveLeases}; there are {have} + {leases}.");
            if (task.IsOpen != have + leases < task.RequiredJudgments) faults.Add($"IsOpen is {task.IsOpen} with {have} + {leases} of {task.RequiredJudgments}.");
        }
        var revisions = (await db.JudgmentRevisions.AsNoTracking().Select(revision => new { revision.ClientKey, revision.JudgmentId }).ToListAsync()).ToLookup(revision => revision.ClientKey, revision => revision.JudgmentId);
        foreach (var (key, judgmentId) in acknowledged)
            if (!revisions[key].SequenceEqual([judgmentId])) faults.Add($"The acknowledged answer {key} is there {revisions[key].Count()} times.");
        if (counted.DistinctBy(judgment => (judgment.TaskId, judgment.RaterId)).Count() != counted.Count) faults.Add("A rater has judged a task twice.");
        foreach (var rater in assignments.GroupBy(assignment => assignment.RaterId))
        {
            var balance = rater.Count(assignment => assignment.DisplayOrder == "01") - rater.Count(assignment => assignment.DisplayOrder == "10");
            if (Math.Abs(balance) > 1) faults.Add($"A rater saw one order {balance} times more often.");
        }
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        return faults;
    }

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        return ValueTask.CompletedTask;
    }

    // Enough that the raters never run out: some are skipped, some forgotten.
    private async Task AddTasksAsync(RlhfHubDbContext db)
    {
        var random = new Random(seed);
        tasks = submissions / 2 + raters * 4;
        for (var index = 0; index < tasks; index++)
        {
            Message[] messages = [new(Message.User, $"Question {index}")];
            var prompt = new Prompt { ProjectId = projectId, Messages = messages, ContentHash = PromptText.Hash(messages), CreatedAt = DateTime.UtcNow };
            var task = new LabelingTask { ProjectId = projectId, PromptId = prompt.Id, Kind = TaskKind.Comparison, RequiredJudgments = random.Next(1, 6), Position = index + 1, CreatedAt = DateTime.UtcNow };
            db.AddRange(prompt, task);
            for (var place = 0; place < 2; place++)
            {
                var response = new Response { PromptId = prompt.Id, Text = $"Reply {place}", Origin = ResponseOrigin.Import, CreatedAt = DateTime.UtcNow };
                db.AddRange(response, new TaskResponse { TaskId = task.Id, Place = place, ResponseId = response.Id });
            }
            if (index % 500 != 499) continue;
            await db.SaveChangesAsync();
            db.ChangeTracker.Clear();
        }
        db.Add(new QueuePosition { ProjectId = projectId, Last = tasks });
        await db.SaveChangesAsync();
    }

    private async Task WorkAsync(Rater rater, Func<Uri> address, CancellationToken cancellationToken)
    {
        List<Guid> forgotten = [];
        while (acknowledged.Count < submissions)
        {
            var next = await SendAsync<NextAnswer>(rater, address, HttpMethod.Post, "desk/next", new { held = forgotten.TakeLast(QueueService.MaxOnDesk - 1) }, cancellationToken);
            if (next?.Task is not { } task)
            {
                if (next is { Outcome: "nothingWaits" }) return;
                forgotten.Clear();
                continue;
            }
            switch (rater.Random.Next(20))
            {
                case 0:
                    await SendAsync<object>(rater, address, HttpMethod.Post, $"desk/{task.AssignmentId}/skip", new { text = "not mine" }, cancellationToken);
                    break;
                case 1:   // left lying; answered late, if ever
                    forgotten.Add(task.AssignmentId);
                    break;
                case 2:
                    await SubmitTwiceAsync(rater, address, task.AssignmentId, cancellationToken);
                    break;
                case 3 when forgotten.Count > 0:
                    await SubmitAsync(rater, address, forgotten[0], Key(), cancellationToken);
                    forgotten.RemoveAt(0);
                    await SubmitAsync(rater, address, task.AssignmentId, Key(), cancellationToken);
                    break;
                default:
                    await SubmitAsync(rater, address, task.AssignmentId, Key(), cancellationToken);
                    break;
            }
        }
    }

    private string Key() => $"load-{seed}-{Interlocked.Increment(ref sent):D9}";

    private async Task SubmitTwiceAsync(Rater rater, Func<Uri> address, Guid assignmentId, CancellationToken cancellationToken)
    {
        var key = Key();
        await Task.WhenAll(SubmitAsync(rater, address, assignmentId, key, cancellationToken), SubmitAsync(rater, address, assignmentId, key, cancellationToken));
    }

    private async Task SubmitAsync(Rater rater, Func<Uri> address, Guid assignmentId, string key, CancellationToken cancellationToken)
    {
        var body = new { answer = new { kind = "comparison", better = rater.Random.Next(2), strength = rater.Random.Next(1, 4) }, clientKey = key, activeMilliseconds = 1000 };
        var receipt = await SendAsync<Receipt>(rater, address, HttpMethod.Post, $"desk/{assignmentId}/submission", body, cancellationToken);
        if (receipt is null || receipt.Outcome == "alreadyAnswered") return;
        if (!acknowledged.TryAdd(key, receipt.JudgmentId) && acknowledged[key] != receipt.JudgmentId) throw new InvalidOperationException($"The answer {key} was acknowledged as two judgments.");
    }

    // As a page does it: what was not acknowledged is sent again, with the same key.
    private async Task<T?> SendAsync<T>(Rater rater, Func<Uri> address, HttpMethod method, string path, object body, CancellationToken cancellationToken) where T : class
    {
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(method, new Uri(address(), $"/api/v1/projects/{projectId}/{path}")) { Content = JsonContent.Create(body) };
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", rater.Token);
                using var response = await http.SendAsync(request, cancellationToken);
                if (response.StatusCode == HttpStatusCode.OK) return await response.Content.ReadFromJsonAsync<T>(cancellationToken);
                throw new InvalidOperationException($"{path} was answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
            }
            catch (Exception error) when (error is HttpRequestException or IOException || error is TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(50, cancellationToken);   // the site is down
            }
        }
    }

    private sealed record Rater(Guid Id, Random Random)
    {
        public string Token { get; set; } = "";
    }

    private sealed record NextAnswer(string Outcome, NextTaskBody? Task);

    private sealed record NextTaskBody(Guid AssignmentId);

    private sealed record Receipt(string Outcome, Guid JudgmentId);
}
