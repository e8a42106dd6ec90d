using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Datasets.Imports;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Queue;
using RlhfHub.Domain.Rounds;

namespace RlhfHub.Web.Tests.Features.Rounds;

/// <summary>A site with a project that has something to learn from: demonstrations and comparisons of small talk, as an import brings them.</summary>
internal sealed class RoundSite : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private RoundSite(TestSite site, Actor admin, Guid project) => (Site, Admin, Project) = (site, admin, project);

    public TestSite Site { get; }

    public Actor Admin { get; }

    public Guid Project { get; }

    public RoundService Rounds => Site.Services.GetRequiredService<RoundService>();

    /// <summary>A site, and a project with so many prompts of each kind.</summary>
    public static async Task<RoundSite> CreateAsync(int prompts = 40)
    {
        var site = new TestSite();
        var admin = await site.AdminAsync();
        var project = await site.Services.GetRequiredService<ProjectService>().CreateAsync(admin, new ProjectDraft { Name = "Rounds" }, default);
        var rounds = new RoundSite(site, admin, project);
        await rounds.ImportAsync("shown.jsonl", Lines(prompts, number => $$"""{"prompt":[{"role":"user","content":"What is {{number}} and 1?"}],"completion":[{"role":"assistant","content":"It is {{number + 1}}."}]}"""));
        await rounds.ImportAsync("compared.jsonl", Lines(prompts, number =>
            $$"""{"prompt":[{"role":"user","content":"What is {{number}} and 2?"}],"chosen":[{"role":"assistant","content":"It is {{number + 2}}, thank you."}],"rejected":[{"role":"assistant","content":"No idea {{number}}."}]}"""));
        return rounds;
    }

    /// <summary>A stage of few steps, quick enough for a test.</summary>
    public static StagePlan Stage(string kind, int steps = 6, params (string Name, JsonNode Value)[] options)
    {
        JsonObject all = new() { ["max_steps"] = steps, ["per_device_train_batch_size"] = 4, ["logging_steps"] = 1, ["save_steps"] = 2, ["sample_count"] = 1, ["sample_tokens"] = 8, ["learning_rate"] = 1e-4 };
        if (kind == "ppo") all["response_length"] = 8;
        foreach (var (name, value) in options) all[name] = value;
        return new StagePlan { Kind = kind, Options = all, Device = "cpu" };
    }

    public Task<Guid> LaunchAsync(params StagePlan[] stages) => Rounds.LaunchAsync(Admin, Project, new RoundLaunch { Plan = new RoundPlan { Stages = stages } }, default);

    public Task<RoundDetails> GetAsync(Guid round) => Rounds.GetAsync(Admin, Project, round, default);

    /// <summary>Waits until a round is as wanted.</summary>
    public async Task<RoundDetails> WaitAsync(Guid round, Func<RoundDetails, bool> isThere)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var details = await GetAsync(round);
            if (isThere(details)) return details;
            if (details.Summary.State == RoundState.Failed) Assert.Fail($"The round failed: {details.Summary.Reason}");
            if (patience.IsCancellationRequested) Assert.Fail($"The round is still {details.Summary.State}: {details.Summary.Reason}");
            await Task.Delay(50, CancellationToken.None);
        }
    }

    public Task<IReadOnlyList<RunEventDetails>> EventsAsync(Guid run, params string[] kinds) => Rounds.EventsAsync(Admin, Project, run, 0, kinds, RoundService.MostEvents, default);

    /// <summary>Somebody who labels in the project.</summary>
    public async Task<Actor> AddRaterAsync(string email)
    {
        var rater = await Site.AddPersonAsync(email);
        await Site.Services.GetRequiredService<MemberService>().AddAsync(Admin, Project, rater.Id, ProjectRole.Rater, default);
        return rater;
    }

    /// <summary>Waits until the queue has something for a rater.</summary>
    public async Task<TaskView> NextTaskAsync(Actor rater)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            if ((await Site.Services.GetRequiredService<QueueService>().NextAsync(rater, Project, new NextTaskOptions(), patience.Token)).Task is { } task) return task;
            await Task.Delay(50, patience.Token);
        }
    }

    public async Task<IReadOnlyList<HeadToHeadDetails>> WaitForHeadToHeadsAsync(Func<IReadOnlyList<HeadToHeadDetails>, bool> isThere)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var all = (await Site.Services.GetRequiredService<HeadToHeadService>().ListAsync(Admin, Project, new PageRequest(), patience.Token)).Items;
            if (isThere(all)) return all;
            await Task.Delay(50, patience.Token);
        }
    }

    /// <summary>Judges all that waits for a rater; in one head-to-head always for the same of the two models.</summary>
    /// <returns>How many comparisons of that head-to-head there were.</returns>
    public async Task<int> JudgeAllAsync(Actor rater, Guid headToHead, bool isFirstBetter)
    {
        var judged = 0;
        while ((await Site.Services.GetRequiredService<QueueService>().NextAsync(rater, Project, new NextTaskOptions(), default)).Task is { } task)
        {
            await using var db = await Site.Services.GetRequiredService<IDbContextFactory<RlhfHubDbContext>>().CreateDbContextAsync();
            var asked = await (from assignment in db.Assignments join entry in db.Tasks on assignment.TaskId equals entry.Id where assignment.Id == task.AssignmentId select entry).SingleAsync();
            var first = await (from shown in db.TaskResponses join reply in db.Responses on shown.ResponseId equals reply.Id where shown.TaskId == asked.Id && shown.Place == 0 select reply.Text).SingleAsync();
            var place = Enumerable.Range(0, 2).Single(index => task.Replies[index] == first);
            await Site.Services.GetRequiredService<LabelingService>().SubmitAsync(rater, Project, task.AssignmentId,
                new Submission { Answer = new ComparisonAnswer { Better = isFirstBetter ? place : 1 - place, Strength = 1 }, ClientKey = Guid.NewGuid().ToString("N"), GuidelinesVersion = task.GuidelinesVersion }, default);
            if (asked.OrderGroup == headToHead) judged++;
        }
        return judged;
    }

    public async ValueTask DisposeAsync() => await Site.DisposeAsync();

    private async Task ImportAsync(string name, string content)
    {
        var imports = Site.Services.GetRequiredService<ImportService>();
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(content));
        var id = await imports.UploadAsync(Admin, Project, name, stream, default);
        await imports.StartAsync(Admin, Project, id, new ImportChoice(), default);
        using var patience = new CancellationTokenSource(Patience);
        while (await imports.GetAsync(Admin, Project, id, default) is { State: not ImportState.Completed } import)
        {
            Assert.NotEqual(ImportState.Failed, import.State);
            await Task.Delay(20, patience.Token);
        }
    }

    private static string Lines(int count, Func<int, string> line) => string.Concat(Enumerable.Range(1, count).Select(number => line(number) + "\n"));
}
