using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Tests.Datasets.Archives;

/// <summary>Archives that are not as they were written: each is refused in one sentence, and nothing of it stays.</summary>
public sealed class DamagedArchiveTests : IAsyncLifetime
{
    private TestHub hub = null!;
    private TestHub other = null!;
    private FilledProject project = null!;
    private byte[] archive = [];
    private string census = "";

    [Fact]
    public async Task Import_CutAtAnyLine_IsRefused()
    {
        var lines = Archives.Lines(archive);
        for (var kept = 0; kept < lines.Count; kept++) await RefusedAsync(Archives.Bytes(lines[..kept]), $"cut to {kept} lines");
        Assert.Contains("cut off", await RefusedAsync(archive[..^1], "without the last byte"), StringComparison.Ordinal);
        Assert.Contains("cut off", await RefusedAsync(archive[..(archive.Length / 2)], "half"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_AnyByteChanged_IsRefused()
    {
        var random = new Random(5);
        for (var round = 0; round < 300; round++)
        {
            var damaged = archive.ToArray();
            var place = round < 100 ? round : round < 200 ? archive.Length - 1 - (round - 100) : random.Next(archive.Length);
            damaged[place] ^= (byte)(1 << random.Next(8));
            await RefusedAsync(damaged, $"byte {place} is {damaged[place]}");
        }
    }

    [Fact]
    public async Task Import_LineDoubledLeftOutOrSwapped_IsRefused()
    {
        var lines = Archives.Lines(archive);
        for (var line = 0; line < lines.Count; line++)
        {
            await RefusedAsync(Archives.Bytes([.. lines[..line], lines[line], .. lines[line..]]), $"line {line + 1} twice");
            await RefusedAsync(Archives.Bytes([.. lines[..line], .. lines[(line + 1)..]]), $"without line {line + 1}");
            if (line > 0) await RefusedAsync(Archives.Bytes([.. lines[..(line - 1)], lines[line], lines[line - 1], .. lines[(line + 1)..]]), $"lines {line} and {line + 1} swapped");
        }
    }

    [Fact]
    public async Task Import_CompressedAndCut_IsRefused()
    {
        using var zipped = new MemoryStream();
        await using (var zip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true)) await zip.WriteAsync(archive);
        var bytes = zipped.ToArray();

        foreach (var length in new[] { 1, 2, 10, bytes.Length / 2, bytes.Length - 9, bytes.Length - 1 }) await RefusedAsync(bytes[..length], $"{length} bytes");
        Assert.Contains("no archive", await RefusedAsync("{\"prompt\": \"Hi\"}\n"u8.ToArray(), "another format"), StringComparison.Ordinal);
        await RefusedAsync([], "empty");
        await RefusedAsync(Encoding.Unicode.GetPreamble(), "UTF-16");
    }

    [Theory]
    [InlineData("response", "promptId", "names the prompt")]
    [InlineData("task", "promptId", "names the prompt")]
    [InlineData("assignment", "taskId", "names the task")]
    [InlineData("judgment", "taskId", "names the task")]
    [InlineData("revision", "judgmentId", "names the judgment")]
    [InlineData("importedRecord", "importId", "names the import")]
    [InlineData("snapshotJudgment", "judgmentId", "names the judgment")]
    public async Task Import_ForgedToNameWhatItDoesNotHold_IsRefusedAndTouchesNoOtherProject(string kind, string field, string expected)
    {
        var foreign = await FilledProject.CreateAsync(other, seed: 4);
        var theirs = Archives.Lines(await Archives.ExportAsync(other, foreign.Id));
        census = await Archives.CensusAsync(other);
        var foreignId = JsonNode.Parse(theirs.Last(line => Archives.Kind(line) == kind))![field]!.GetValue<string>();

        var message = await RefusedAsync(Forged(kind, record => record[field] = foreignId), kind);

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Equal(theirs, Archives.Lines(await Archives.ExportAsync(other, foreign.Id)));
    }

    [Theory]
    [InlineData("judgment", "displayOrder", "77")]
    [InlineData("judgment", "submittedAt", "2026-01-01T00:00:00")]
    [InlineData("judgment", "rater", "nobody at all")]
    [InlineData("judgment", "standing", "great")]
    [InlineData("judgment", "standing", "77")]
    [InlineData("response", "unknown", "field")]
    public async Task Import_ForgedToSayWhatCannotBe_IsRefusedWithTheLine(string kind, string field, string value)
    {
        var line = Archives.Lines(archive).FindLastIndex(line => Archives.Kind(line) == kind) + 1;

        Assert.StartsWith($"Line {line}: ", await RefusedAsync(Forged(kind, record => record[field] = value), kind), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_IdTakenByAnotherProjectHere_GivesNewIdsToAll()
    {
        var lines = Archives.Lines(archive);
        var taken = JsonNode.Parse(lines.Last(line => Archives.Kind(line) == "response"))!["id"]!.GetValue<Guid>();
        var task = await other.AddTaskAsync(await other.AddProjectAsync());
        await using (var db = await other.OpenAsync())
        {
            db.Add(new Response { Id = taken, PromptId = task.PromptId, Text = "first here", CreatedAt = other.Now });
            await db.SaveChangesAsync();
        }

        var imported = await Archives.ImportAsync(other, archive);

        Assert.NotEqual(project.Id, imported);
        Assert.Equal(lines.Count, Archives.Lines(await Archives.ExportAsync(other, imported)).Count);
        Assert.True(await Archives.VerifySnapshotsAsync(other, imported) > 0);
        await using var after = await other.OpenAsync();
        Assert.Equal("first here", (await after.Responses.SingleAsync(response => response.Id == taken)).Text);
    }

    [Fact]
    public async Task Import_StoppedInTheMiddle_LeavesNothing()
    {
        // Now and then the import is quicker than whoever wants to stop it; then there is one project more, and the next one is stopped.
        for (var attempt = 0; attempt < 20; attempt++)
        {
            var before = await Archives.CensusAsync(other);
            using var stop = new CancellationTokenSource();
            var running = Archives.ImportAsync(other, archive, stop.Token);
            while (!running.IsCompleted && await Archives.CensusAsync(other) == before) await Task.Yield();
            await stop.CancelAsync();
            try
            {
                await running;
            }
            catch (OperationCanceledException)
            {
                Assert.Equal(before, await Archives.CensusAsync(other));
                return;
            }
        }
        Assert.Fail("No import could be stopped.");
    }

    [Fact]
    public async Task MigrateAsync_ProjectLeftIncomplete_WasSeenByNobodyAndIsRemoved()
    {
        var imported = await Archives.ImportAsync(other, archive);
        var neighbour = await other.AddTaskAsync(await other.AddProjectAsync());
        await using var db = await other.OpenAsync();
        await db.Projects.Where(row => row.Id == imported).ExecuteUpdateAsync(set => set.SetProperty(row => row.IsIncomplete, true));

        var seen = (await other.Get<ProjectService>().ListAsync(other.Admin, new PageRequest(), default)).Items;
        await Assert.ThrowsAsync<AccessException>(() => other.Get<ProjectService>().GetAsync(other.Admin, imported, default));
        await HubDatabase.MigrateAsync(db);

        Assert.Equal(neighbour.ProjectId, Assert.Single(seen).Id);
        Assert.Equal("1 0 0 1 2 1 2 0 0 0 0 0 0 0 1", await Archives.CensusAsync(other));
    }

    public async Task InitializeAsync()
    {
        (hub, other) = (await TestHub.CreateAsync(), await TestHub.CreateAsync(2));
        project = await FilledProject.CreateAsync(hub, seed: 3);
        archive = await Archives.ExportAsync(hub, project.Id);
        census = await Archives.CensusAsync(other);
    }

    public async Task DisposeAsync()
    {
        await hub.DisposeAsync();
        await other.DisposeAsync();
    }

    // The last record of the kind, changed, in an archive whose last line fits again.
    private byte[] Forged(string kind, Action<JsonObject> change)
    {
        var lines = Archives.Lines(archive)[..^1];
        var place = lines.FindLastIndex(line => Archives.Kind(line) == kind);
        var record = JsonNode.Parse(lines[place])!.AsObject();
        change(record);
        lines[place] = record.ToJsonString();
        return Archives.Sealed(lines);
    }

    private async Task<string> RefusedAsync(byte[] damaged, string how)
    {
        Exception? error = await Record.ExceptionAsync(() => Archives.ImportAsync(other, damaged));

        Assert.True(error is InvalidRequestException, $"{how}: {error?.ToString() ?? "taken"}");
        Assert.NotNull(error);
        Assert.Matches(@"^Line \d+: [^\n]+\.$", error.Message);
        Assert.Equal(census, await Archives.CensusAsync(other));
        return error.Message;
    }
}
