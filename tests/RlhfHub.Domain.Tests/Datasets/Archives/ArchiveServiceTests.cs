using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Datasets.Archives;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;

namespace RlhfHub.Domain.Tests.Datasets.Archives;

public sealed partial class ArchiveServiceTests : IAsyncLifetime
{
    private TestHub hub = null!;
    private TestHub other = null!;
    private FilledProject project = null!;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Import_OnASiteWithTheSamePeople_ComesBackToTheLastByte(bool isGzip)
    {
        await CopyPeopleAsync();
        var archive = await Archives.ExportAsync(hub, project.Id);

        var imported = await Archives.ImportAsync(other, await Archives.ExportAsync(hub, project.Id, isGzip));

        Assert.Equal(project.Id, imported);
        Assert.Equal(Archives.Lines(archive), Archives.Lines(await Archives.ExportAsync(other, imported)));
        Assert.True(await Archives.VerifySnapshotsAsync(other, imported) > 20);
    }

    [Fact]
    public async Task Import_OnASiteWithoutThePeople_KeepsTheirNamesAndAllElse()
    {
        var archive = Archives.Lines(await Archives.ExportAsync(hub, project.Id));

        var imported = await Archives.ImportAsync(other, Archives.Bytes(archive));

        var again = Archives.Lines(await Archives.ExportAsync(other, imported));
        Assert.Equal(People(archive).Order(), People(again).Order());
        Assert.Equal(WithoutPeople(archive), WithoutPeople(again));
        Assert.True(await Archives.VerifySnapshotsAsync(other, imported) > 20);
        await using var db = await other.OpenAsync();
        Assert.Equal(1, await db.Users.CountAsync());
        Assert.All(await db.Judgments.ToListAsync(), judgment => Assert.True(judgment.RaterId is null && judgment.ImportedRater is not null));
    }

    [Fact]
    public async Task Import_TwiceOnTheSiteItCameFrom_GivesTwoEqualProjectsOfTheirOwn()
    {
        var archive = await Archives.ExportAsync(hub, project.Id);

        var first = await Archives.ImportAsync(hub, archive);
        var second = await Archives.ImportAsync(hub, archive);

        Assert.Equal(3, new[] { project.Id, first, second }.Distinct().Count());
        var original = Normalised(archive);
        Assert.Equal(original, Normalised(await Archives.ExportAsync(hub, first)));
        Assert.Equal(original, Normalised(await Archives.ExportAsync(hub, second)));
        var examples = await Archives.VerifySnapshotsAsync(hub, project.Id);
        Assert.Equal(examples, await Archives.VerifySnapshotsAsync(hub, first));
        Assert.Equal(examples, await Archives.VerifySnapshotsAsync(hub, second));
        Assert.Equal(Archives.Lines(archive), Archives.Lines(await Archives.ExportAsync(hub, project.Id)));
    }

    [Fact]
    public async Task Export_EverythingHappened_HoldsAllKindsOfLineAndStandingsAndStates()
    {
        var lines = Archives.Lines(await Archives.ExportAsync(hub, project.Id));

        Assert.Equal(15, lines.Select(Archives.Kind).Distinct().Count());
        HashSet<string> Values(string kind, string field) => [.. lines.Select(line => JsonNode.Parse(line)!).Where(line => line["record"]!.GetValue<string>() == kind).Select(line => line[field]!.ToJsonString().Trim('"'))];
        Assert.Superset(new HashSet<string> { "counted", "returned", "withdrawn", "settling" }, Values("judgment", "standing"));
        Assert.Superset(new HashSet<string> { "submitted", "approved", "fixed", "rejected", "adjudicated" }, Values("judgment", "review"));
        Assert.Equal(6, Values("judgment", "kind").Count);
        Assert.Superset(new HashSet<string> { "submitted", "skipped", "returned" }, Values("assignment", "state"));
        Assert.Superset(new HashSet<string> { "gold", "audit", "training" }, Values("task", "purpose"));
    }

    [Fact]
    public async Task Export_OtherProjectsPeopleAndDrafts_AreNotInIt()
    {
        var foreign = await FilledProject.CreateAsync(hub, seed: 9, "Foreign affairs");

        var text = Encoding.UTF8.GetString(await Archives.ExportAsync(hub, project.Id));

        Assert.DoesNotContain("Foreign affairs", text, StringComparison.Ordinal);
        Assert.DoesNotContain("example.org", text, StringComparison.Ordinal);
        Assert.DoesNotContain(FilledProject.DraftMark, text, StringComparison.Ordinal);
        var foreignIds = Ids().Matches(Encoding.UTF8.GetString(await Archives.ExportAsync(hub, foreign.Id))).Select(match => match.Value).ToHashSet();
        var shared = Ids().Matches(text).Select(match => match.Value).Distinct().Where(foreignIds.Contains).ToList();
        // The admin, who is in both, and the group of ordinary comparisons.
        Assert.Equal([Guid.Empty.ToString(), hub.Admin.Id.ToString()], shared.Order());
    }

    [Fact]
    public async Task Export_RatersGoOnMeanwhile_ShowsTheMomentOfItsBeginning()
    {
        var before = Archives.Lines(await Archives.ExportAsync(hub, project.Id));
        var export = await hub.Get<ArchiveService>().ExportAsync(hub.Admin, project.Id, false, default);
        using var stream = new DisturbedStream(async () => Assert.Equal(
            EditOutcome.Edited, await hub.Get<LabelingService>().EditAsync(project.Editable.Rater, project.Id, project.Editable.JudgmentId, project.Submission(FilledProject.Comparison(1, 3)), default)));

        await export.WriteAsync(stream, default);

        Assert.Equal(before, Archives.Lines(stream.ToArray()));
        Assert.NotEqual(before, Archives.Lines(await Archives.ExportAsync(hub, project.Id)));
    }

    [Fact]
    public async Task ExportImport_Done_StandInTheAuditLog()
    {
        var imported = await Archives.ImportAsync(other, await Archives.ExportAsync(hub, project.Id));

        await using var here = await hub.OpenAsync();
        await using var there = await other.OpenAsync();
        Assert.True(await here.AuditEntries.AnyAsync(entry => entry.Action == "project.export" && entry.ProjectId == project.Id && entry.PersonId == hub.Admin.Id));
        Assert.True(await there.AuditEntries.AnyAsync(entry => entry.Action == "project.import" && entry.ProjectId == imported && entry.PersonId == other.Admin.Id));
        Assert.Null((await AuditLog.VerifyAsync(there, default)).Problem);
    }

    [Fact]
    public async Task ExportImport_WithoutThePermission_IsRefused()
    {
        var stranger = await hub.AddPersonAsync("stranger");

        await Assert.ThrowsAsync<AccessException>(() => hub.Get<ArchiveService>().ExportAsync(stranger, project.Id, false, default));
        await Assert.ThrowsAsync<AccessException>(() => hub.Get<ArchiveService>().ExportAsync(project.Editable.Rater, project.Id, false, default));
        await Assert.ThrowsAsync<AccessException>(() => hub.Get<ArchiveService>().ImportAsync(stranger, new MemoryStream(), default));
    }

    public async Task InitializeAsync()
    {
        (hub, other) = (await TestHub.CreateAsync(), await TestHub.CreateAsync(2));
        project = await FilledProject.CreateAsync(hub);
    }

    public async Task DisposeAsync()
    {
        await hub.DisposeAsync();
        await other.DisposeAsync();
    }

    private async Task CopyPeopleAsync()
    {
        await using var from = await hub.OpenAsync();
        await using var to = await other.OpenAsync();
        foreach (var person in await from.Users.ToListAsync()) to.Add(new Person { Id = person.Id, UserName = person.UserName });
        await to.SaveChangesAsync();
    }

    private static IEnumerable<string> People(List<string> lines) => lines.Where(line => Archives.Kind(line) == "person").Select(line => JsonNode.Parse(line)!["name"]!.GetValue<string>());

    private static List<string> WithoutPeople(List<string> lines) => [.. lines[..^1].Where(line => Archives.Kind(line) != "person")];

    // Each id by when it comes first; keys and former ids go with the ids.
    private static List<string> Normalised(byte[] archive)
    {
        Dictionary<string, string> seen = [];
        return [.. Archives.Lines(archive)[..^1].Select(line =>
        {
            var record = JsonNode.Parse(line)!.AsObject();
            record.Remove("clientKey");
            record.Remove("originalId");
            return Ids().Replace(record.ToJsonString(), match => seen.TryGetValue(match.Value, out var name) ? name : seen[match.Value] = $"#{seen.Count}");
        })];
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Ids();

    /// <summary>Lets something happen as soon as the first bytes are written.</summary>
    private sealed class DisturbedStream(Func<Task> happens) : MemoryStream
    {
        private bool hasHappened;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            // The second line is the project: from there on everything was seen.
            if (!hasHappened && Length > 100)
            {
                hasHappened = true;
                await happens();
            }
            await base.WriteAsync(buffer, cancellationToken);
        }
    }
}
