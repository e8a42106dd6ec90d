using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Datasets.Formats;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Datasets;

/// <summary>Writes snapshots as files of any format that can carry them.</summary>
public sealed class ExportService(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, Access access, SnapshotReader reader, TimeProvider time)
{
    /// <summary>Checks an export and gives what writes it, so that all refusals come before the first byte.</summary>
    /// <exception cref="InvalidRequestException">There is no such format, or it cannot carry what the snapshot holds.</exception>
    [Requires(Policy.Manage, ReadsOnly = true)]
    public async Task<SnapshotExport> ExportAsync(Actor actor, Guid projectId, Guid snapshotId, ExportChoice choice, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken, readsOnly: true);
        var format = DatasetFormats.Find(choice.Format) ?? throw new InvalidRequestException("format", $"There is no format '{choice.Format}'; choose one of {string.Join(", ", DatasetFormats.All)}.");
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var snapshot = await db.Snapshots.AsNoTracking().SingleOrDefaultAsync(entry => entry.Id == snapshotId && entry.ProjectId == projectId, cancellationToken) ?? throw AccessException.NotFound("snapshot", snapshotId);
        var kinds = snapshot.Counts.Examples.Keys.Select(name => Enum.Parse<ExampleKind>(name, ignoreCase: true)).ToList();
        var refused = kinds.Where(kind => !format.Kinds.Contains(kind) && !CanBecome(kind, format, choice)).ToList();
        if (refused.Count > 0 && !choice.LeavesOutOthers)
            throw new InvalidRequestException("format", $"{format.DisplayName} carries no {string.Join(" or ", refused).ToLowerInvariant()} examples, which '{snapshot.Name}' holds; choose another format, a conversion, or leave them out.");
        await writes.RunAsync(
            transaction => AuditLog.RecordAsync(transaction, actor, "snapshot.export", projectId, snapshotId.ToString(), new { snapshot.Name, choice.Format, choice.Split }, time.GetUtcNow().UtcDateTime, cancellationToken), cancellationToken);
        var ending = format.FileEndings[0] + (choice.IsGzip ? ".gz" : "");
        return new($"{FileName(snapshot.Name)}{(choice.Split is { } split ? "-" + TaskExamples.SplitName(split) : "")}{(ending.StartsWith('.') ? "" : ".")}{ending}",
            (stream, stop) => format.ExportAsync(ExamplesAsync(snapshotId, format, choice, stop), stream, new ExportOptions { IsGzip = choice.IsGzip }, stop));
    }

    private static bool CanBecome(ExampleKind kind, DatasetFormat format, ExportChoice choice) =>
        kind == ExampleKind.Ranking && choice.RankingsAsPairs && format.Kinds.Contains(ExampleKind.Preference)
        || kind == ExampleKind.Preference && choice.PairsAsUnpaired && format.Kinds.Contains(ExampleKind.Unpaired);

    private static string FileName(string name) => string.Concat(name.Select(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '-'));

    private async IAsyncEnumerable<Example> ExamplesAsync(Guid snapshotId, DatasetFormat format, ExportChoice choice, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (example, split) in reader.ReadAsync(snapshotId, cancellationToken))
        {
            if (choice.Split is not null && split != choice.Split) continue;
            if (format.Kinds.Contains(example.Kind)) yield return example;
            else if (example is RankingExample ranking && CanBecome(ExampleKind.Ranking, format, choice))
                foreach (var pair in ranking.ToPairs()) yield return pair;
            else if (example is PreferenceExample preference && CanBecome(ExampleKind.Preference, format, choice))
                foreach (var unpaired in preference.ToUnpaired()) yield return unpaired;
        }
    }
}

/// <summary>How a snapshot is to be written.</summary>
public sealed record ExportChoice
{
    /// <summary>The format's name.</summary>
    public required string Format { get; init; }

    /// <summary>Only this split; null for all.</summary>
    public Split? Split { get; init; }

    /// <summary>Whether the file is compressed.</summary>
    public bool IsGzip { get; init; }

    /// <summary>Whether a ranking becomes a pair for every two replies of which one is better, where the format has no rankings.</summary>
    public bool RankingsAsPairs { get; init; }

    /// <summary>Whether a pair becomes a good and a bad reply, where the format has no pairs.</summary>
    public bool PairsAsUnpaired { get; init; }

    /// <summary>Whether what the format cannot carry is left out; else such an export is refused.</summary>
    public bool LeavesOutOthers { get; init; }
}

/// <summary>An export that is ready to be written.</summary>
/// <param name="FileName">A name for the file.</param>
/// <param name="WriteAsync">Writes it to a stream.</param>
public sealed record SnapshotExport(string FileName, Func<Stream, CancellationToken, Task<ExportResult>> WriteAsync);
