using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Datasets.Archives;

namespace RlhfHub.Domain.Tests.Datasets.Archives;

/// <summary>What tests of archives share: out, in, and a look at the lines.</summary>
internal static class Archives
{
    public static async Task<byte[]> ExportAsync(TestHub hub, Guid projectId, bool isGzip = false)
    {
        var export = await hub.Get<ArchiveService>().ExportAsync(hub.Admin, projectId, isGzip, default);
        using var stream = new MemoryStream();
        await export.WriteAsync(stream, default);
        return stream.ToArray();
    }

    public static async Task<Guid> ImportAsync(TestHub hub, byte[] archive, CancellationToken cancellationToken = default)
    {
        using var stream = new MemoryStream(archive);
        return await hub.Get<ArchiveService>().ImportAsync(hub.Admin, stream, cancellationToken);
    }

    /// <summary>The lines without their ends.</summary>
    public static List<string> Lines(byte[] archive) => [.. Encoding.UTF8.GetString(archive).Split('\n')[..^1]];

    public static byte[] Bytes(IEnumerable<string> lines) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));

    /// <summary>An archive of these lines (without a last one) with the last line that fits them, as a forger would make it.</summary>
    public static byte[] Sealed(IReadOnlyList<string> lines)
    {
        var counts = new JsonObject();
        foreach (var kind in lines.GroupBy(Kind)) counts[kind.Key] = kind.Count();
        var end = new JsonObject { ["record"] = "end", ["counts"] = counts, ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(Bytes(lines))) };
        return Bytes([.. lines, end.ToJsonString()]);
    }

    public static string Kind(string line) => JsonNode.Parse(line)!["record"]!.GetValue<string>();

    /// <summary>How many rows each table has.</summary>
    public static async Task<string> CensusAsync(TestHub hub)
    {
        await using var db = await hub.OpenAsync();
        return string.Join(' ', new[]
        {
            await db.Projects.IgnoreQueryFilters().CountAsync(), await db.Guidelines.CountAsync(), await db.ProjectMembers.CountAsync(), await db.Prompts.CountAsync(), await db.Responses.CountAsync(),
            await db.Tasks.CountAsync(), await db.TaskResponses.CountAsync(), await db.Assignments.CountAsync(), await db.Judgments.CountAsync(), await db.JudgmentRevisions.CountAsync(),
            await db.Snapshots.CountAsync(), await db.SnapshotJudgments.CountAsync(), await db.DatasetImports.CountAsync(), await db.ImportedRecords.CountAsync(), await db.QueuePositions.CountAsync(),
        });
    }

    /// <summary>Reads every snapshot of a project to its end, where its hash is checked.</summary>
    public static async Task<int> VerifySnapshotsAsync(TestHub hub, Guid projectId)
    {
        await using var db = await hub.OpenAsync();
        var ids = await db.Snapshots.Where(snapshot => snapshot.ProjectId == projectId).Select(snapshot => snapshot.Id).ToListAsync();
        var examples = 0;
        foreach (var id in ids)
            await foreach (var _ in hub.Get<SnapshotReader>().ReadAsync(id, default)) examples++;
        return examples;
    }
}
