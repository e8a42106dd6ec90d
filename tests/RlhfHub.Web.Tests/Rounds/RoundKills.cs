using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;
using RlhfHub.Domain.Rounds;
using RlhfHub.Training.Runs;
using RunState = RlhfHub.Domain.Rounds.RunState;

namespace RlhfHub.Web.Tests.Rounds;

/// <summary>Trains one round undisturbed and the same once more while its workers and the site are killed, and says in what the two differ.</summary>
internal static class RoundKills
{
    private const int Prompts = 60;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    /// <param name="siteKills">How often the site is killed (SIGKILL).</param>
    /// <param name="workerKills">How often a worker is killed, by SIGKILL and SIGABRT in turn.</param>
    /// <param name="steps">Steps of SFT and of the reward model; PPO has a fifth of them.</param>
    /// <param name="seed">Of the moments.</param>
    /// <param name="say">Told of each kill.</param>
    public static async Task<RoundKillReport> RunAsync(int siteKills, int workerKills, int steps, int seed, Action<string> say)
    {
        (string Kind, int Steps)[] stages = [("sft", steps), ("reward", steps), ("ppo", steps / 5)];
        using var temporary = new TemporaryFolder();
        var folder = DataFolder.Locate(temporary["hub"], null, "");
        folder.Create();
        await using var services = new ServiceCollection().AddHubDatabase(folder.Database).BuildServiceProvider();
        var contexts = services.GetRequiredService<IDbContextFactory<RlhfHubDbContext>>();
        var projectId = await PrepareAsync(contexts);
        var environment = new Dictionary<string, string> { ["RLHFHUB_DATA"] = folder.Path, ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{FreePort()}" };
        var site = await SiteProcess.StartAsync(environment);
        var (killedSites, killedWorkers) = (0, 0);
        try
        {
            var undisturbed = await LaunchAsync(contexts, projectId, 1, stages);
            await WaitAsync(contexts, undisturbed, (round, _) => round.State == RoundState.Completed);

            var disturbed = await LaunchAsync(contexts, projectId, 2, stages);
            var random = new Random(seed);
            bool[] order = [.. Enumerable.Repeat(true, siteKills).Concat(Enumerable.Repeat(false, workerKills))];
            random.Shuffle(order);
            var total = stages.Sum(stage => stage.Steps);
            for (var kill = 0; kill < order.Length; kill++)
            {
                // Spread over the whole of the work.
                var next = (kill + random.NextDouble()) * total / (order.Length + 1);
                var (round, runs) = await WaitAsync(contexts, disturbed, (round, runs) => round.State == RoundState.Completed || (runs.Sum(run => run.Step) >= next && runs.Any(run => run.State == RunState.Running)));
                if (round.State == RoundState.Completed) break;
                if (order[kill])
                {
                    await site.DisposeAsync();
                    killedSites++;
                    say($"site killed at step {runs.Sum(run => run.Step)} of {total}");
                    site = await SiteProcess.StartAsync(environment);
                }
                else if (TryKill(folder, runs.First(run => run.State == RunState.Running).Id, killedWorkers % 2 == 0 ? "KILL" : "ABRT"))
                {
                    say($"worker killed ({(killedWorkers++ % 2 == 0 ? "SIGKILL" : "SIGABRT")}) at step {runs.Sum(run => run.Step)} of {total}");
                }
            }
            await WaitAsync(contexts, disturbed, (round, _) => round.State == RoundState.Completed);
            return new(killedSites, killedWorkers, await CompareAsync(contexts, folder, undisturbed, disturbed));
        }
        finally
        {
            await site.DisposeAsync();
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        }
    }

    private static async Task<Guid> PrepareAsync(IDbContextFactory<RlhfHubDbContext> contexts)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await HubDatabase.MigrateAsync(db);
        var admin = new Person { UserName = "root@example.org", NormalizedUserName = "ROOT@EXAMPLE.ORG", DisplayName = "Root" };
        var project = new Project { Name = "Kills", Settings = new ProjectSettings { Kinds = [TaskKind.Demonstration, TaskKind.Comparison] }, CreatedAt = DateTime.UtcNow };
        db.AddRange(admin, project, new ProjectMember { ProjectId = project.Id, PersonId = admin.Id, Role = ProjectRole.Admin, JoinedAt = DateTime.UtcNow });
        await db.SaveChangesAsync();
        for (var number = 0; number < Prompts; number++)
        {
            var messages = new[] { new Message(Message.User, $"What is {number} and 1?") };
            var prompt = new Prompt { ProjectId = project.Id, Messages = messages, ContentHash = $"{number:x64}", Split = number % 10 == 0 ? Split.Validation : Split.Train, CreatedAt = DateTime.UtcNow };
            Response[] replies = [new() { PromptId = prompt.Id, Text = $"It is {number + 1}, thank you.", CreatedAt = DateTime.UtcNow }, new() { PromptId = prompt.Id, Text = $"No idea {number}.", CreatedAt = DateTime.UtcNow }];
            db.AddRange(prompt, replies[0], replies[1]);
            foreach (var answer in new Answer[] { new DemonstrationAnswer { Text = $"It is {number + 1}." }, new ComparisonAnswer { Better = 0, Strength = 1 } })
            {
                var task = new LabelingTask { ProjectId = project.Id, PromptId = prompt.Id, Kind = answer is ComparisonAnswer ? TaskKind.Comparison : TaskKind.Demonstration, RequiredJudgments = 1, CountedJudgments = 1, IsOpen = false, CreatedAt = DateTime.UtcNow };
                var judgment = new Judgment { ProjectId = project.Id, TaskId = task.Id, RaterId = admin.Id, Kind = task.Kind, Revision = 1, SubmittedAt = DateTime.UtcNow, ChangedAt = DateTime.UtcNow };
                db.AddRange(task, judgment, new JudgmentRevision { JudgmentId = judgment.Id, Number = 1, Answer = answer, ClientKey = judgment.Id.ToString("N"), StartedAt = DateTime.UtcNow, SubmittedAt = DateTime.UtcNow });
                if (answer is ComparisonAnswer)
                    for (var place = 0; place < replies.Length; place++) db.Add(new TaskResponse { TaskId = task.Id, Place = place, ResponseId = replies[place].Id });
            }
        }
        await db.SaveChangesAsync();
        return project.Id;
    }

    private static async Task<Guid> LaunchAsync(IDbContextFactory<RlhfHubDbContext> contexts, Guid projectId, int number, (string Kind, int Steps)[] stages)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var round = new Round
        {
            ProjectId = projectId,
            Number = number,
            Plan = new RoundPlan { Stages = [.. stages.Select(Plan)], LiveComparisons = 0, EvaluationComparisons = 0 },
            CreatedById = await db.Users.Where(person => person.UserName == "root@example.org").Select(person => person.Id).SingleAsync(),
            CreatedAt = DateTime.UtcNow,
        };
        db.Add(round);
        for (var place = 0; place < stages.Length; place++) db.Add(new Run { Id = Guid.CreateVersion7(DateTimeOffset.UtcNow.AddMilliseconds(place)), RoundId = round.Id, Number = place, Kind = stages[place].Kind });
        await db.SaveChangesAsync();
        return round.Id;

        static StagePlan Plan((string Kind, int Steps) stage)
        {
            JsonObject options = new() { ["max_steps"] = stage.Steps, ["per_device_train_batch_size"] = 4, ["logging_steps"] = 1, ["save_steps"] = stage.Kind == "ppo" ? 1 : 4, ["sample_count"] = 1, ["sample_tokens"] = 8, ["learning_rate"] = 1e-4 };
            if (stage.Kind == "ppo") options["response_length"] = 8;
            return new StagePlan { Kind = stage.Kind, Options = options, Device = "cpu" };
        }
    }

    private static async Task<(Round Round, List<Run> Runs)> WaitAsync(IDbContextFactory<RlhfHubDbContext> contexts, Guid roundId, Func<Round, List<Run>, bool> isThere)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            await using var db = await contexts.CreateDbContextAsync();
            var round = await db.Rounds.AsNoTracking().SingleAsync(entry => entry.Id == roundId);
            var runs = await db.Runs.AsNoTracking().Where(run => run.RoundId == roundId).OrderBy(run => run.Number).ToListAsync();
            if (isThere(round, runs)) return (round, runs);
            if (round.State is RoundState.Failed or RoundState.Cancelled) throw new InvalidOperationException($"Round {round.Number} is {round.State}: {round.Reason}");
            if (watch.Elapsed > Patience) throw new TimeoutException($"Round {round.Number} is still {round.State}: {round.Reason}");
            await Task.Delay(20);
        }
    }

    private static bool TryKill(DataFolder folder, Guid runId, string signal)
    {
        var run = RunFolder.Open(Path.Combine(folder.Runs, runId.ToString("N")));
        if (!RunLock.IsHeld(run) || WorkerInfo.TryRead(run) is not { } worker) return false;
        using var kill = Process.Start("kill", ["-s", signal, $"{worker.Pid}"]);
        kill.WaitForExit();
        return kill.ExitCode == 0;
    }

    private static async Task<List<string>> CompareAsync(IDbContextFactory<RlhfHubDbContext> contexts, DataFolder folder, Guid undisturbed, Guid disturbed)
    {
        List<string> faults = [];
        await using var db = await contexts.CreateDbContextAsync();
        var (expected, actual) = (await RunsAsync(undisturbed), await RunsAsync(disturbed));
        foreach (var (one, other) in expected.Zip(actual))
        {
            if (!Weights(one).SequenceEqual(Weights(other))) faults.Add($"{other.Kind} ended with other weights.");
            var events = await db.RunEvents.AsNoTracking().Where(entry => entry.RunId == other.Id).OrderBy(entry => entry.Seq).ToListAsync();
            if (!events.Select(entry => entry.Seq).SequenceEqual(Enumerable.Range(1, events.Count).Select(seq => (long)seq))) faults.Add($"{other.Kind} has a gap or a repeat in its events.");
            var (wanted, found) = (await MetricsAsync(one.Id), await MetricsAsync(other.Id));
            foreach (var key in wanted.Keys.Union(found.Keys).Where(key => wanted.GetValueOrDefault(key) != found.GetValueOrDefault(key))) faults.Add($"{other.Kind}: {key} is {found.GetValueOrDefault(key) ?? "missing"}; expected {wanted.GetValueOrDefault(key) ?? "nothing"}.");
        }
        return faults;

        Task<List<Run>> RunsAsync(Guid round) => db.Runs.AsNoTracking().Where(run => run.RoundId == round).OrderBy(run => run.Number).ToListAsync();

        byte[] Weights(Run run) => File.ReadAllBytes(Path.Combine(folder.Models, "versions", run.Id.ToString("N"), "model.safetensors"));

        async Task<Dictionary<string, string>> MetricsAsync(Guid run)
        {
            Dictionary<string, string> metrics = [];
            foreach (var content in await db.RunEvents.AsNoTracking().Where(entry => entry.RunId == run && entry.Kind == "metric").OrderBy(entry => entry.Seq).Select(entry => entry.Content).ToListAsync())
            {
                var line = JsonNode.Parse(content)!;
                // What a clock says is another thing each time.
                foreach (var (name, value) in line["metrics"]!.AsObject().Where(metric => metric.Key != "eps" && !metric.Key.StartsWith("time/", StringComparison.Ordinal) && !metric.Key.Contains("per_second", StringComparison.Ordinal) && !metric.Key.Contains("runtime", StringComparison.Ordinal))) metrics[$"{line["step"]} {name}"] = value!.ToJsonString();
            }
            return metrics;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>What came of it.</summary>
internal sealed record RoundKillReport(int SiteKills, int WorkerKills, IReadOnlyList<string> Faults);
