using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Datasets.Imports;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;
using RlhfHub.Domain.Queue;

namespace RlhfHub.Domain.Tests.Datasets;

/// <summary>What imports and snapshots promise in the corners: nothing doubled, nothing half, nothing that cannot be read again.</summary>
public sealed class DatasetPromisesTests : IAsyncLifetime
{
    private TestHub hub = null!;
    private Guid p;
    private Actor a = null!, rev = null!;
    private int keys;

    [Fact] // tags are part of the frozen examples and may be edited at any time
    public async Task TagsEditedAfterFreezing_SnapshotStillReads()
    {
        await hub.AddTaskAsync(p);
        await Answer(new ComparisonAnswer { Better = 0, Strength = 1 });
        var id = await Freeze(new SnapshotRules());
        var prompt = (await hub.Get<PromptService>().ListAsync(hub.Admin, p, new PromptFilter(), new PageRequest(), default)).Items.Single();
        await hub.Get<PromptService>().UpdateAsync(hub.Admin, p, prompt.Id, prompt.Version, new PromptChange { Tags = ["pets"], Priority = 0, IsArchived = false }, default);
        var error = await Record.ExceptionAsync(() => Read(id));
        Assert.True(error is null, error?.Message);
    }

    [Fact]
    public async Task SameFileUploadedTwiceThenStarted_IsInOnce()
    {
        var one = await Upload(Rows(10)); var two = await Upload(Rows(10));
        await Start(one);
        var refused = await Record.ExceptionAsync(() => Start(two));
        await hub.Get<ImportRunner>().RunAsync(one, default); await hub.Get<ImportRunner>().RunAsync(two, default);
        await using var db = await hub.OpenAsync();
        Assert.True(await db.Judgments.CountAsync() == 10, $"{await db.Judgments.CountAsync()} judgments of 10 records; second start: {refused?.Message ?? "accepted"}");
    }

    [Fact]
    public async Task ReadErrorInTheMiddleThenSentAgain_DoublesNothing()
    {
        var id = await Upload(Rows(1000));
        await Start(id);
        await Interrupt(id);
        // The file is away when it goes on (a disk that was not mounted, a backup restored without uploads).
        await using (var db = await hub.OpenAsync()) { }
        var path = Path.Combine(hub.Get<DataFolder>().Uploads, id.ToString("N"));
        File.Move(path, path + ".away");
        await hub.Get<ImportRunner>().RunAsync(id, default);
        File.Move(path + ".away", path);
        var details = await hub.Get<ImportService>().GetAsync(hub.Admin, p, id, default);
        Assert.Equal(ImportState.Failed, details.State);
        var again = await Upload(Rows(1000)); await Start(again); await hub.Get<ImportRunner>().RunAsync(again, default);
        await using var db2 = await hub.OpenAsync();
        var n = await db2.Judgments.CountAsync();
        Assert.True(n == 1000, $"first run failed after {details.RecordsDone} records saying '{details.Failure}'; after sending it again there are {n} judgments of 1000 records");
    }

    [Fact]
    public async Task AllOrNothing_SettingsChangedWhileInterrupted_TakesAllOrNothing()
    {
        var id = await Upload(Rows(1000));
        await Start(id, BadRowRule.AllOrNothing);
        await Interrupt(id);
        var project = await hub.Get<ProjectService>().GetAsync(hub.Admin, p, default);
        await hub.Get<ProjectService>().UpdateAsync(hub.Admin, p, project.Version, new ProjectDraft { Name = "x", Settings = project.Settings with { MaxPromptCharacters = 12 } }, default);
        await hub.Get<ImportRunner>().RunAsync(id, default);
        var details = await hub.Get<ImportService>().GetAsync(hub.Admin, p, id, default);
        Assert.True(details.Counts.Taken is 0 or 1000, $"{details.State}: {details.Counts.Taken} taken, {details.Counts.Bad} bad of an all-or-nothing file");
    }

    [Fact]
    public async Task UnknownBadRowRule_IsRefused()
    {
        var id = await Upload(Rows(3) + "{\"bad\": 1}\n");
        var error = await Record.ExceptionAsync(() => hub.Get<ImportService>().StartAsync(hub.Admin, p, id, new ImportChoice { Format = "trl-preference", BadRows = (BadRowRule)7 }, default));
        await hub.Get<ImportRunner>().RunAsync(id, default);
        var d = await hub.Get<ImportService>().GetAsync(hub.Admin, p, id, default);
        Assert.True(error is InvalidRequestException, $"{error?.Message ?? "accepted"}: {d.State} {d.Counts}");
    }

    [Theory]
    [InlineData(Aggregation.Majority)]
    public async Task BetterReply_SurvivesAggregation(Aggregation aggregation)
    {
        var b = await hub.AddMemberAsync(p);
        await hub.AddTaskAsync(p, required: 2);
        foreach (var who in new[] { a, b })
        {
            var view = (await hub.Get<QueueService>().NextAsync(who, p, new NextTaskOptions(), default)).Task!;
            var zero = view.Replies[0].StartsWith("Reply 0") ? 0 : 1;
            await hub.Get<LabelingService>().SubmitAsync(who, p, view.AssignmentId, new Submission { Answer = new ComparisonAnswer { Better = zero, Strength = 1, BetterReply = "My own better reply." }, ClientKey = $"better-{keys++:D5}" }, default);
        }
        var counts = (await hub.Get<SnapshotService>().PreviewAsync(hub.Admin, p, new SnapshotRules { Aggregation = aggregation }, default)).Counts.Examples;
        Assert.True(counts.ContainsKey("demonstration"), string.Join(",", counts));
    }

    [Fact]
    public async Task NullLabel_DoesNotReachASnapshot()
    {
        var project = await hub.AddProjectAsync(new ProjectSettings { Kinds = [TaskKind.Classification], Classification = new() { IsMultiple = true, Labels = [new() { Name = "x" }, new() { Name = "y" }] } });
        var rater = await hub.AddMemberAsync(project);
        await hub.AddTaskAsync(project, TaskKind.Classification, responses: 1);
        var view = (await hub.Get<QueueService>().NextAsync(rater, project, new NextTaskOptions(), default)).Task!;
        var answer = JsonSerializer.Deserialize<Answer>("""{"kind":"classification","labels":[null,"no label of this project"]}""", JsonText.Options)!;
        var sent = await Record.ExceptionAsync(() => hub.Get<LabelingService>().SubmitAsync(rater, project, view.AssignmentId, new Submission { Answer = answer, ClientKey = "null-label" }, default));
        Assert.True(sent is InvalidRequestException, $"submission: {sent?.GetType().Name ?? "accepted"}; snapshot: {(await Record.ExceptionAsync(() => hub.Get<SnapshotService>().PreviewAsync(hub.Admin, project, new SnapshotRules(), default)))?.ToString() ?? "made"}");
    }

    [Fact]
    public async Task TwoUploadsOfTheSameRecords_SameFileOtherBytes_IsAccepted_ButWriterNameFits()
    {
        await using var db = await hub.OpenAsync();
        var max = db.Model.FindEntityType(typeof(Response))!.FindProperty("ImportedName")!.GetMaxLength();
        var name = new string('m', 300);
        var id = await Upload($$"""{"question_id":"1","model_a":"{{name}}","model_b":"b","winner":"model_a","conversation_a":[{"role":"user","content":"Hi"},{"role":"assistant","content":"x"}],"conversation_b":[{"role":"user","content":"Hi"},{"role":"assistant","content":"y"}]}""" + "\n", "r.jsonl");
        var error = await Record.ExceptionAsync(() => Start(id, BadRowRule.GoodRows));
        await hub.Get<ImportRunner>().RunAsync(id, default);
        var lengths = await db.Responses.Select(r => r.ImportedName == null ? 0 : r.ImportedName.Length).ToListAsync();
        Assert.True(lengths.Count > 0 && lengths.All(l => l <= max), $"{error?.Message} {JsonSerializer.Serialize(await hub.Get<ImportService>().GetAsync(hub.Admin, p, id, default))} lengths {string.Join(",", lengths)} in varchar({max})");
    }

    [Fact]
    public async Task ImportThatAlwaysThrows_SaysSoToTheAdmin()
    {
        var id = await Upload(Rows(3)); await Start(id);
        await using (var db = await hub.OpenAsync()) await db.Database.ExecuteSqlRawAsync("CREATE TRIGGER t BEFORE INSERT ON Responses BEGIN SELECT RAISE(ABORT, 'value too long for type character varying(200)'); END");
        for (var i = 0; i < 3; i++) await Record.ExceptionAsync(() => hub.Get<ImportRunner>().RunAsync(id, default));
        var d = await hub.Get<ImportService>().GetAsync(hub.Admin, p, id, default);
        Assert.True(d.Failure is not null, $"after three tries: {d.State}, failure '{d.Failure}'");
    }

    [Fact]
    public async Task WriteWithinWrite_DoesNotHangTheSite()
    {
        var writes = hub.Get<WriteTransactions>();
        var outer = writes.RunAsync(async db => { await writes.RunAsync(_ => Task.CompletedTask, default); }, default);
        Assert.True(await Task.WhenAny(outer, Task.Delay(3000)) == outer, "the outer waits for the inner, the inner for the outer's turn; every writer behind them waits for good");
    }

    public async Task InitializeAsync()
    {
        hub = await TestHub.CreateAsync();
        p = await hub.AddProjectAsync();
        (a, rev) = (await hub.AddMemberAsync(p), await hub.AddMemberAsync(p, ProjectRole.Reviewer));
    }

    public async Task DisposeAsync() { try { await hub.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(5)); } catch { } }

    private static string Rows(int n) => string.Concat(Enumerable.Range(0, n).Select(i => $$"""{"prompt":"Question number {{i}}","chosen":"good {{i}}","rejected":"bad {{i}}"}""" + "\n"));
    private Task<Guid> Upload(string text, string name = "pairs.jsonl") => hub.Get<ImportService>().UploadAsync(hub.Admin, p, name, new MemoryStream(Encoding.UTF8.GetBytes(text)), default);
    private Task Start(Guid id, BadRowRule rule = BadRowRule.AllOrNothing) => hub.Get<ImportService>().StartAsync(hub.Admin, p, id, new ImportChoice { BadRows = rule }, default);
    // The database refuses everything after the first portion, as a full disk would, until it no longer does.
    private async Task Interrupt(Guid id)
    {
        await using (var db = await hub.OpenAsync())
            await db.Database.ExecuteSqlRawAsync("CREATE TRIGGER Full BEFORE UPDATE ON DatasetImports WHEN NEW.RecordsDone > 250 BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
        await Assert.ThrowsAnyAsync<Exception>(() => hub.Get<ImportRunner>().RunAsync(id, default));
        await using (var db = await hub.OpenAsync()) await db.Database.ExecuteSqlRawAsync("DROP TRIGGER Full");

        var details = await hub.Get<ImportService>().GetAsync(hub.Admin, p, id, default);
        Assert.Equal((250, ImportState.Queued), (details.RecordsDone, details.State));
        Assert.Contains("the disk is full", details.Failure);
    }

    private async Task Answer(Answer answer)
    {
        var view = (await hub.Get<QueueService>().NextAsync(a, p, new NextTaskOptions(), default)).Task!;
        await hub.Get<LabelingService>().SubmitAsync(a, p, view.AssignmentId, new Submission { Answer = answer, ClientKey = $"data-{keys++:D6}" }, default);
    }
    private Task<Guid> Freeze(SnapshotRules rules) => hub.Get<SnapshotService>().CreateAsync(hub.Admin, p, new SnapshotDraft { Name = "Set", Rules = rules }, default);
    private async Task<List<SnapshotExample>> Read(Guid id) { List<SnapshotExample> l = []; await foreach (var e in hub.Get<SnapshotReader>().ReadAsync(id, default)) l.Add(e); return l; }
}
