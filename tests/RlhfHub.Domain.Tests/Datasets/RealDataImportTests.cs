using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Datasets.Formats;
using RlhfHub.Domain.Datasets.Imports;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Tests.Datasets;

/// <summary>The public data sets through the whole platform: a file comes in, becomes prompts and judgments, is frozen, and goes out again.</summary>
public sealed class RealDataImportTests : IAsyncLifetime
{
    private static readonly SnapshotRules Everything = new() { Ties = TieRule.Keep };

    private TestHub hub = null!;
    private Guid projectId;

    [TestDataTheory("hh-rlhf")]
    [InlineData("hh-rlhf")]
    [InlineData("trl-preference-conversational")]
    [InlineData("csv")]
    public async Task HhRlhf_ImportedFrozenAndExported_ComesBackEqual(string format)
    {
        var path = Path.Combine(TestData.Folder("hh-rlhf"), "harmless-base_test.jsonl.gz");
        var import = await ImportAsync(path, "hh-rlhf");
        var original = await ExamplesAsync(DatasetFormats.Find("hh-rlhf")!, path);

        var exported = await ExportAsync(format);

        Assert.Equal(original.Count, import.Counts.Judgments);
        Assert.Equal(2312, import.Counts.Judgments + import.Counts.Bad);
        Assert.Equal(Sorted(original), Sorted(exported));
    }

    [TestDataTheory("oasst")]
    [InlineData("ranking-conversational", ExampleKind.Ranking)]
    [InlineData("openai-chat", ExampleKind.Demonstration)]
    [InlineData("trl-prompt-completion-conversational", ExampleKind.Demonstration)]
    public async Task Oasst_ImportedFrozenAndExported_ComesBackEqual(string format, ExampleKind kind)
    {
        var path = Path.Combine(TestData.Folder("oasst"), "en_100_tree.jsonl");
        await ImportAsync(path, "open-assistant");
        var original = (await ExamplesAsync(DatasetFormats.Find("open-assistant")!, path)).Where(example => example.Kind == kind).ToList();

        var exported = await ExportAsync(format);

        Assert.NotEmpty(original);
        Assert.Equal(Sorted(original), Sorted(exported));
    }

    [TestDataFact("hh-rlhf")]
    public async Task Import_KilledInTheMiddle_GoesOnWithoutLossOrRepetition()
    {
        var path = Path.Combine(TestData.Folder("hh-rlhf"), "harmless-base_test.jsonl.gz");
        var id = await StartAsync(path, "hh-rlhf", BadRowRule.GoodRows);
        for (var stops = 0; stops < 5; stops++)
        {
            using var stop = new CancellationTokenSource();
            var running = hub.Get<ImportRunner>().RunAsync(id, stop.Token);
            var before = await DoneAsync(id);
            while (!running.IsCompleted && await DoneAsync(id) == before) await Task.Yield();
            await stop.CancelAsync();
            try
            {
                await running;
            }
            catch (OperationCanceledException)
            {
                // Stopped between two portions or inside one, as a kill would.
            }
        }
        await hub.Get<ImportRunner>().RunAsync(id, default);

        await using var db = await hub.OpenAsync();
        var records = await db.ImportedRecords.Select(record => record.Record).OrderBy(record => record).ToListAsync();
        Assert.Equal(records.Distinct().Count(), records.Count);
        var original = await ExamplesAsync(DatasetFormats.Find("hh-rlhf")!, path);
        Assert.Equal(original.Count, records.Count);
        Assert.Equal(original.Count, await db.Judgments.CountAsync());
    }

    public async Task InitializeAsync()
    {
        hub = await TestHub.CreateAsync();
        projectId = await hub.AddProjectAsync(new ProjectSettings { Kinds = [TaskKind.Comparison, TaskKind.Ranking] });
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();

    private static List<string> Sorted(IEnumerable<Example> examples) => [.. examples.Select(example => System.Text.Json.JsonSerializer.Serialize<object>(example, JsonText.Options)).Order(StringComparer.Ordinal)];

    private static async Task<List<Example>> ExamplesAsync(DatasetFormat format, string path)
    {
        await using var file = File.OpenRead(path);
        List<Example> examples = [];
        await foreach (var row in format.ImportAsync(file))
            if (row.Example is not null) examples.Add(row.Example);
        return examples;
    }

    private async Task<ImportDetails> ImportAsync(string path, string format)
    {
        var id = await StartAsync(path, format, BadRowRule.GoodRows);
        await hub.Get<ImportRunner>().RunAsync(id, default);
        var import = await hub.Get<ImportService>().GetAsync(hub.Admin, projectId, id, default);
        Assert.Equal(ImportState.Completed, import.State);
        return import;
    }

    private async Task<Guid> StartAsync(string path, string format, BadRowRule rule)
    {
        await using var file = File.OpenRead(path);
        var id = await hub.Get<ImportService>().UploadAsync(hub.Admin, projectId, Path.GetFileName(path), file, default);
        Assert.Equal(format, (await hub.Get<ImportService>().GetAsync(hub.Admin, projectId, id, default)).Format);
        await hub.Get<ImportService>().StartAsync(hub.Admin, projectId, id, new ImportChoice { BadRows = rule }, default);
        return id;
    }

    private async Task<long> DoneAsync(Guid id) => (await hub.Get<ImportService>().GetAsync(hub.Admin, projectId, id, default)).RecordsDone;

    private async Task<List<Example>> ExportAsync(string format)
    {
        var snapshot = await hub.Get<SnapshotService>().CreateAsync(hub.Admin, projectId, new SnapshotDraft { Name = "All", Rules = Everything }, default);
        var export = await hub.Get<ExportService>().ExportAsync(hub.Admin, projectId, snapshot, new ExportChoice { Format = format, LeavesOutOthers = true }, default);
        using var stream = new MemoryStream();
        var result = await export.WriteAsync(stream, default);
        Assert.Null(result.Refusal);
        stream.Position = 0;
        List<Example> examples = [];
        await foreach (var row in DatasetFormats.Find(format)!.ImportAsync(stream)) examples.Add(row.Example ?? throw new InvalidOperationException(row.Error));
        return examples;
    }
}
