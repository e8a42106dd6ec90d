using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Datasets.Formats;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Datasets.Imports;

/// <summary>
/// Reads the file of a queued import into its project, a portion a transaction. How far it is stands in the same transaction as the records: killed at any moment, it goes on after the last one, and none
/// is there twice or in half. For the background job, which acts for the admin who started the import.
/// </summary>
public sealed class ImportRunner(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, DataFolder folder, TimeProvider time)
{
    /// <summary>How many errors an import keeps.</summary>
    public const int MaxErrors = 200;

    private const int RowsAtOnce = 250;

    /// <summary>The imports that wait or were interrupted, oldest first.</summary>
    public async Task<IReadOnlyList<Guid>> WaitingAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.DatasetImports.Where(import => import.State == ImportState.Queued).OrderBy(import => import.Id).Select(import => import.Id).ToListAsync(cancellationToken);
    }

    /// <summary>Runs a queued import to its end, or goes on with it.</summary>
    public async Task RunAsync(Guid importId, CancellationToken cancellationToken)
    {
        DatasetImport import;
        ProjectSettings settings;
        NearDuplicateIndex near = new();
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            import = await db.DatasetImports.AsNoTracking().SingleAsync(entry => entry.Id == importId, cancellationToken);
            if (import.State != ImportState.Queued) return;
            settings = (await ProjectRules.ReadAsync(db, import.ProjectId)).Settings;
            var fingerprints = db.Prompts.Where(prompt => prompt.ProjectId == import.ProjectId).Select(prompt => new { prompt.Id, prompt.Fingerprint }).AsAsyncEnumerable();
            await foreach (var prompt in fingerprints.WithCancellation(cancellationToken)) near.Add(prompt.Fingerprint, prompt.Id);
        }
        var format = DatasetFormats.Find(import.Format) ?? throw new InvalidOperationException($"The import {importId} has the unknown format '{import.Format}'.");
        if (!File.Exists(PathOf(importId)))
        {
            await EndAsync(import, ImportState.Failed, import.RecordsDone == 0 ? "The file is gone; send it again." : $"The file is gone; its first {import.RecordsDone:N0} records are in the project.", cancellationToken);
            return;
        }
        try
        {
            // Once a file was found whole and begun, it is taken to its end, whatever has become of the project's limits since.
            var isBegun = import.BadRows == BadRowRule.AllOrNothing && import.RecordsDone > 0;
            if (import.BadRows == BadRowRule.AllOrNothing && !isBegun && !await IsWholeAsync(import, format, settings, cancellationToken)) return;
            await WriteAllAsync(import, format, isBegun ? null : settings, near, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // It stays queued: what is in is whole, and it goes on after it. The admin reads why it takes so long.
            await NoteAsync(importId, $"It was interrupted and is tried again: {error.GetBaseException().Message}", cancellationToken);
            throw;
        }
        File.Delete(PathOf(importId));
    }

    /// <summary>The rows of an import's file, each checked against the project's rules where there are any to check.</summary>
    internal async IAsyncEnumerable<ImportRow> RowsAsync(
        DatasetImport import, DatasetFormat format, ProjectSettings? settings, long skip, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var file = new FileStream(PathOf(import.Id), FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: false);
        await foreach (var row in format.ImportAsync(file, new ImportOptions { SkipRecords = skip, Columns = import.Columns }, cancellationToken))
        {
            var fault = row.Example is null || settings is null ? null : ExampleAnswer.Of(row.Example).Fault(settings);
            yield return fault is null ? row : row with { Example = null, Error = $"Line {row.Line}: {char.ToLowerInvariant(fault[0])}{fault[1..].TrimEnd('.')}." };
        }
    }

    /// <summary>The column names of an import's table; empty where it is none.</summary>
    internal async Task<IReadOnlyList<string>> HeaderAsync(DatasetImport import, DatasetFormat format, CancellationToken cancellationToken)
    {
        if (format is not DelimitedFormat table) return [];
        await using var file = File.OpenRead(PathOf(import.Id));
        return await table.HeaderAsync(file, cancellationToken);
    }

    internal string PathOf(Guid importId) => Path.Combine(folder.Uploads, importId.ToString("N"));

    // Everything is read once before anything is written.
    private async Task<bool> IsWholeAsync(DatasetImport import, DatasetFormat format, ProjectSettings settings, CancellationToken cancellationToken)
    {
        List<ImportError> errors = [];
        var bad = 0;
        await foreach (var row in RowsAsync(import, format, settings, 0, cancellationToken))
        {
            if (row.Error is null) continue;
            bad++;
            if (errors.Count < MaxErrors) errors.Add(new(row.Line, row.Error));
        }
        if (bad == 0) return true;
        (import.Errors, import.Counts) = (errors, new ImportCounts { Bad = bad });
        await EndAsync(import, ImportState.Failed, $"{bad:N0} of its records are bad, so nothing was taken. Mend them, or take the good ones only.", cancellationToken);
        return false;
    }

    private async Task WriteAllAsync(DatasetImport import, DatasetFormat format, ProjectSettings? settings, NearDuplicateIndex near, CancellationToken cancellationToken)
    {
        List<ImportRow> portion = [];
        await foreach (var row in RowsAsync(import, format, settings, import.RecordsDone, cancellationToken))
        {
            // A tree has several rows: they are written together, so that going on never begins in its middle.
            if (portion.Count >= RowsAtOnce && row.Record != portion[^1].Record)
            {
                await WriteAsync(import, portion, near, cancellationToken);
                portion.Clear();
            }
            portion.Add(row);
        }
        if (portion.Count > 0) await WriteAsync(import, portion, near, cancellationToken);
        await EndAsync(import, ImportState.Completed, null, cancellationToken);
    }

    private async Task WriteAsync(DatasetImport import, List<ImportRow> portion, NearDuplicateIndex near, CancellationToken cancellationToken)
    {
        var writer = new ImportWriter(import, near, time.GetUtcNow().UtcDateTime);
        var good = portion.Where(row => row.Example is not null).Select(row => (row.Record, row.Example!)).ToList();
        var bad = portion.Where(row => row.Error is not null).Select(row => new ImportError(row.Line, row.Error!)).ToList();
        await writes.RunAsync(
            async db =>
            {
                var counts = await writer.WriteAsync(db, good, cancellationToken);
                import.Counts = new ImportCounts
                {
                    Taken = import.Counts.Taken + counts.Taken,
                    NewPrompts = import.Counts.NewPrompts + counts.NewPrompts,
                    KnownPrompts = import.Counts.KnownPrompts + counts.KnownPrompts,
                    NearDuplicates = import.Counts.NearDuplicates + counts.NearDuplicates,
                    Judgments = import.Counts.Judgments + counts.Judgments,
                    Bad = import.Counts.Bad + bad.Count,
                };
                import.Errors = [.. import.Errors.Concat(bad).Take(MaxErrors)];
                import.RecordsDone = portion[^1].Record;
                db.Update(import);
                await db.SaveChangesAsync(cancellationToken);
            },
            cancellationToken);
    }

    private async Task NoteAsync(Guid importId, string note, CancellationToken cancellationToken)
    {
        var text = note.Length > 2000 ? note[..2000] : note;
        await writes.RunAsync(db => db.DatasetImports.Where(import => import.Id == importId).ExecuteUpdateAsync(set => set.SetProperty(import => import.Failure, text), cancellationToken), cancellationToken);
    }

    private Task EndAsync(DatasetImport import, ImportState state, string? failure, CancellationToken cancellationToken) => writes.RunAsync(
        async db =>
        {
            (import.State, import.Failure) = (state, failure);
            db.Update(import);
            await db.SaveChangesAsync(cancellationToken);
            var action = state == ImportState.Completed ? "import.complete" : "import.fail";
            await AuditLog.RecordAsync(db, new Actor(import.CreatedById), action, import.ProjectId, import.FileName, new { import.Counts, import.FileHash, failure }, time.GetUtcNow().UtcDateTime, cancellationToken);
        },
        cancellationToken);
}
