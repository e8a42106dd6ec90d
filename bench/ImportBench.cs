using System.CommandLine;
using System.Diagnostics;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Datasets.Imports;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Bench;

/// <summary><c>import</c>: a file of pairs through the platform: into the database, into a snapshot, and out again.</summary>
internal static class ImportBench
{
    private const double MostHeapGrowth = 64;   // MB: a snapshot's list of judgments is all that grows with its size

    public static Command Create()
    {
        var pairs = new Option<int>("--pairs") { Description = "How many.", DefaultValueFactory = _ => 100_000 };
        var command = new Command("import", "Pairs through the platform: imported, frozen, exported. Fails when memory grows with them.") { pairs };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(pairs), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(int pairs, CancellationToken cancellationToken)
    {
        using var temporary = new TemporaryFolder();
        var folder = DataFolder.Locate(temporary.Path, null, "");
        folder.Create();
        await using var services = new ServiceCollection().AddSingleton(folder).AddHub(folder.Database).BuildServiceProvider();
        await using (var db = await services.GetRequiredService<IDbContextFactory<RlhfHubDbContext>>().CreateDbContextAsync(cancellationToken))
        {
            await HubDatabase.MigrateAsync(db, cancellationToken);
            db.Add(new Person { UserName = "admin@example.org" });
            await db.SaveChangesAsync(cancellationToken);
        }
        Actor admin;
        await using (var db = await services.GetRequiredService<IDbContextFactory<RlhfHubDbContext>>().CreateDbContextAsync(cancellationToken))
            admin = new Actor(await db.Users.Select(person => person.Id).SingleAsync(cancellationToken), IsSiteAdmin: true);
        var project = await services.GetRequiredService<ProjectService>().CreateAsync(admin, new ProjectDraft { Name = "Import", Settings = new ProjectSettings { Kinds = [TaskKind.Comparison] } }, cancellationToken);

        await ImportAsync(services, admin, project, Pairs("warm", 500), cancellationToken);   // compiles what the rest runs through
        var before = Heap();
        var watch = Stopwatch.StartNew();
        await ImportAsync(services, admin, project, Pairs("pair", pairs), cancellationToken);
        Console.WriteLine($"imported     {pairs / watch.Elapsed.TotalSeconds,8:N0} pairs/s ({pairs:N0} pairs, {6 * pairs:N0} rows and more in the database); the heap grew by {Heap() - before:0.0} MB");
        watch.Restart();
        var snapshot = await services.GetRequiredService<SnapshotService>().CreateAsync(admin, project, new SnapshotDraft { Name = "All", Rules = new SnapshotRules() }, cancellationToken);
        Console.WriteLine($"frozen       {pairs / watch.Elapsed.TotalSeconds,8:N0} pairs/s; the heap grew by {Heap() - before:0.0} MB");
        watch.Restart();
        var export = await services.GetRequiredService<ExportService>().ExportAsync(admin, project, snapshot, new ExportChoice { Format = "trl-preference" }, cancellationToken);
        await using var file = File.Create(temporary["out.jsonl"]);
        var result = await export.WriteAsync(file, cancellationToken);
        var growth = Heap() - before;
        Console.WriteLine($"exported     {pairs / watch.Elapsed.TotalSeconds,8:N0} pairs/s; the heap grew by {growth:0.0} MB");
        SqliteConnection.ClearAllPools();
        return result.Written == pairs + 500 && growth < MostHeapGrowth ? 0 : 1;
    }

    private static async Task ImportAsync(ServiceProvider services, Actor admin, Guid project, Stream file, CancellationToken cancellationToken)
    {
        var imports = services.GetRequiredService<ImportService>();
        var id = await imports.UploadAsync(admin, project, "pairs.jsonl", file, cancellationToken);
        await imports.StartAsync(admin, project, id, new ImportChoice(), cancellationToken);
        await services.GetRequiredService<ImportRunner>().RunAsync(id, cancellationToken);
        var done = await imports.GetAsync(admin, project, id, cancellationToken);
        if (done.State != ImportState.Completed) throw new InvalidOperationException(done.Failure);
    }

    private static MemoryStream Pairs(string name, int count)
    {
        var text = new StringBuilder();
        for (var index = 0; index < count; index++)
            text.Append($$"""{"prompt": "How would you explain {{name}} number {{index}} to a friend of {{index % 97}} years?", "chosen": "With patience, and the example of number {{index}}.", "rejected": "Not at all, {{index}} times over."}""").Append('\n');
        return new MemoryStream(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static double Heap() => GC.GetTotalMemory(forceFullCollection: true) / 1e6;
}
