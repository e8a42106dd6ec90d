using System.CommandLine;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Queue;

namespace RlhfHub.Bench;

/// <summary>What a rater waits for when the database is full: the next task, and the receipt of an answer.</summary>
internal static class QueueBench
{
    private const double LongestNextMilliseconds = 10, LeastSubmissionsPerSecond = 1000, LongestSubmitMilliseconds = 20;

    public static Command Create()
    {
        var prompts = new Option<int>("--prompts") { Description = "How many prompts, tasks and judgments the database holds.", DefaultValueFactory = _ => 1_000_000 };
        var folder = new Option<string>("--output") { Description = "Where the database is made.", DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "rlhfhub-bench-queue") };
        var command = new Command("queue", "The next task and submissions over a full database. Fails when a figure misses its line.") { prompts, folder };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(prompts), parsed.GetValue(folder)!, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(int prompts, string folder, CancellationToken cancellationToken)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "hub.db");
        await using var services = new ServiceCollection().AddHub(path).BuildServiceProvider();
        var contexts = services.GetRequiredService<IDbContextFactory<RlhfHubDbContext>>();
        var watch = Stopwatch.StartNew();
        FullDatabase full;
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            await HubDatabase.MigrateAsync(db, cancellationToken);
            full = FullDatabase.Fill(path, prompts);
        }
        Console.WriteLine($"{prompts:N0} prompts, {2 * prompts:N0} replies, {prompts:N0} tasks of 2 judgments each, {prompts:N0} judgments: {new FileInfo(path).Length / 1e6:N0} MB, made in {watch.Elapsed.TotalSeconds:0} s");

        var queue = services.GetRequiredService<QueueService>();
        var labeling = services.GetRequiredService<LabelingService>();
        var first = await NextAsync(queue, full, calls: 5 * full.Raters.Count, cancellationToken);
        Console.WriteLine($"first 5 tasks of 64 raters after a start        {Line(first)}");
        var (pauses, collections) = (GC.GetTotalPauseDuration(), GC.CollectionCount(0));
        var next = await NextAsync(queue, full, calls: 3000, cancellationToken);
        Console.WriteLine($"next task                                       {Line(next)}");
        Console.WriteLine($"                                                .NET's collector stopped it {GC.CollectionCount(0) - collections} times, {(GC.GetTotalPauseDuration() - pauses).TotalMilliseconds:0.0} ms in all");

        var bare = BareCommitsPerSecond(Path.Combine(folder, "bare.db"));
        var throughput = await ThroughputAsync(queue, labeling, full, rounds: 40, cancellationToken);
        var alone = await AtRateAsync(queue, labeling, full, perSecond: 100, rounds: 8, cancellationToken);
        Console.WriteLine($"submissions, 64 raters at once                  {throughput:N0}/s; bare commits of one row {bare:N0}/s: {throughput / bare:P0}");
        Console.WriteLine($"submissions at 100/s                            {Line(alone)}");
        var holds = Percentile(next, 1) < LongestNextMilliseconds && throughput >= LeastSubmissionsPerSecond && Percentile(alone, 0.95) <= LongestSubmitMilliseconds;
        Console.WriteLine(holds ? "All lines hold." : $"A line is missed: every next task below {LongestNextMilliseconds} ms, {LeastSubmissionsPerSecond:N0} submissions a second, 95 % of them within {LongestSubmitMilliseconds} ms at 100/s.");
        await services.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
        return holds ? 0 : 1;
    }

    // Each call hands a task out and gives it back by a skip, as a rater who passes on does.
    private static async Task<List<double>> NextAsync(QueueService queue, FullDatabase full, int calls, CancellationToken cancellationToken)
    {
        List<double> milliseconds = [];
        for (var call = 0; call < calls; call++)
        {
            var rater = full.Raters[call % full.Raters.Count];
            var start = Stopwatch.GetTimestamp();
            var next = await queue.NextAsync(rater, full.ProjectId, new NextTaskOptions(), cancellationToken);
            milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await queue.SkipAsync(rater, full.ProjectId, next.Task!.AssignmentId, "bench", cancellationToken);
        }
        return milliseconds;
    }

    // The tasks are on the desks before the clock runs: what is timed is the answers alone, all raters at once.
    private static async Task<double> ThroughputAsync(QueueService queue, LabelingService labeling, FullDatabase full, int rounds, CancellationToken cancellationToken)
    {
        var (submitted, elapsed) = (0, TimeSpan.Zero);
        for (var round = 0; round < rounds; round++)
        {
            var desks = await DesksAsync(queue, full, cancellationToken);
            var start = Stopwatch.GetTimestamp();
            await Task.WhenAll(desks.GroupBy(entry => entry.Rater).Select(desk => Task.Run(
                async () =>
                {
                    foreach (var (rater, assignment) in desk) await SubmitAsync(labeling, full, rater, assignment, cancellationToken);
                },
                cancellationToken)));
            elapsed += Stopwatch.GetElapsedTime(start);
            submitted += desks.Count;
        }
        return submitted / elapsed.TotalSeconds;
    }

    // Answers come at their times whether or not the ones before are done: who waits behind another is counted with the wait.
    private static async Task<List<double>> AtRateAsync(QueueService queue, LabelingService labeling, FullDatabase full, int perSecond, int rounds, CancellationToken cancellationToken)
    {
        List<double> milliseconds = [];
        for (var round = 0; round < rounds; round++)
        {
            var desks = await DesksAsync(queue, full, cancellationToken);
            var watch = Stopwatch.StartNew();
            milliseconds.AddRange(await Task.WhenAll(desks.Select(async (entry, index) =>
            {
                var due = TimeSpan.FromSeconds((double)index / perSecond);
                if (due > watch.Elapsed) await Task.Delay(due - watch.Elapsed, cancellationToken);
                var start = Stopwatch.GetTimestamp();
                await SubmitAsync(labeling, full, entry.Rater, entry.Assignment, cancellationToken);
                return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            })));
        }
        return milliseconds;
    }

    private static async Task<List<(Actor Rater, Guid Assignment)>> DesksAsync(QueueService queue, FullDatabase full, CancellationToken cancellationToken)
    {
        List<(Actor, Guid)> desks = [];
        foreach (var rater in full.Raters) desks.AddRange((await DeskAsync(queue, full, rater, cancellationToken)).Select(assignment => (rater, assignment)));
        return desks;
    }

    private static async Task<List<Guid>> DeskAsync(QueueService queue, FullDatabase full, Actor rater, CancellationToken cancellationToken)
    {
        List<Guid> desk = [];
        while (desk.Count < QueueService.MaxOnDesk - 1)
            desk.Add((await queue.NextAsync(rater, full.ProjectId, new NextTaskOptions { Held = desk }, cancellationToken)).Task!.AssignmentId);
        return desk;
    }

    private static Task SubmitAsync(LabelingService labeling, FullDatabase full, Actor rater, Guid assignment, CancellationToken cancellationToken) => labeling.SubmitAsync(
        rater, full.ProjectId, assignment, new Submission { Answer = new ComparisonAnswer { Better = 1, Strength = 2 }, ClientKey = Guid.NewGuid().ToString("N") }, cancellationToken);

    private static double BareCommitsPerSecond(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path}");
        connection.Open();
        Execute(connection, "PRAGMA journal_mode = WAL");
        Execute(connection, "PRAGMA synchronous = FULL");
        Execute(connection, "CREATE TABLE Rows (Id INTEGER PRIMARY KEY, Text TEXT)");
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO Rows (Text) VALUES ('one row of some length, as an answer has')";
        insert.Prepare();
        var (watch, rows) = (Stopwatch.StartNew(), 0);
        for (; watch.Elapsed.TotalSeconds < 3; rows++) insert.ExecuteNonQuery();
        return rows / watch.Elapsed.TotalSeconds;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static string Line(List<double> milliseconds) =>
        $"median {Percentile(milliseconds, 0.5):0.0} ms, 95 % {Percentile(milliseconds, 0.95):0.0} ms, 99 % {Percentile(milliseconds, 0.99):0.0} ms, {milliseconds.Count(value => value >= LongestNextMilliseconds)} of {milliseconds.Count:N0} calls 10 ms or more, slowest {Percentile(milliseconds, 1):0.0} ms";

    private static double Percentile(List<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))];
    }
}
