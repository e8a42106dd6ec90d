using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Datasets.Formats;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Datasets.Imports;

/// <summary>Takes files in, shows what is in them, and starts their import.</summary>
public sealed class ImportService(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, Access access, ImportRunner runner, ImportSignal signal, TimeProvider time)
{
    /// <summary>The largest file, in bytes.</summary>
    public const long MaxFileBytes = 4L << 30;

    private const int PreviewRows = 20, PreviewRecords = 5000;

    /// <summary>Keeps a file to be imported. Nothing of it is in the project yet.</summary>
    /// <exception cref="InvalidRequestException">The file is empty or too large, or has been imported into this project before.</exception>
    [Requires(Policy.Manage)]
    public async Task<Guid> UploadAsync(Actor actor, Guid projectId, string fileName, Stream content, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        var name = Path.GetFileName(fileName.Replace('\\', '/')).Trim();
        if (name.Length is 0 or > 260) throw new InvalidRequestException("fileName", "The file needs a name of at most 260 characters.");
        var id = Guid.CreateVersion7(time.GetUtcNow());
        var path = runner.PathOf(id);
        try
        {
            var (hash, size) = await KeepAsync(content, path, cancellationToken);
            if (size == 0) throw new InvalidRequestException("file", $"{name} is empty.");
            var beginning = new byte[Math.Min(size, 256 * 1024)];
            await using (var file = File.OpenRead(path)) await file.ReadExactlyAsync(beginning, cancellationToken);
            var format = await DatasetFormats.DetectAsync(beginning, cancellationToken);
            var now = time.GetUtcNow().UtcDateTime;
            await writes.RunAsync(
                async db =>
                {
                    var import = new DatasetImport
                    {
                        Id = id,
                        ProjectId = projectId,
                        FileName = name,
                        FileHash = hash,
                        SizeBytes = size,
                        Format = format?.Name ?? "",
                        Counts = new ImportCounts(),
                        CreatedById = actor.Id,
                        CreatedAt = now,
                    };
                    await RequireNewAsync(db, import, cancellationToken);
                    db.Add(import);
                    await db.SaveChangesAsync(cancellationToken);
                    await AuditLog.RecordAsync(db, actor, "import.upload", projectId, name, new { Sha256 = hash, Bytes = size }, now, cancellationToken);
                },
                cancellationToken);
            return id;
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>The first examples of a file as a format reads it, and what is wrong in its first few thousand records. Writes nothing.</summary>
    /// <exception cref="InvalidRequestException">There is no such format, or the file is in the project already.</exception>
    [Requires(Policy.Manage, ReadsOnly = true)]
    public async Task<ImportPreview> PreviewAsync(Actor actor, Guid projectId, Guid importId, ImportChoice choice, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken, readsOnly: true);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var import = await FindAsync(db, projectId, importId, cancellationToken);
        RequireUploaded(import);
        var format = FormatOf(choice.Format ?? import.Format);
        import.Columns = choice.Columns;
        var settings = (await ProjectRules.ReadAsync(db, projectId)).Settings;
        List<ImportRow> rows = [];
        List<ImportError> errors = [];
        SortedDictionary<string, int> kinds = [];
        var (good, isWhole) = (0, true);
        await foreach (var row in runner.RowsAsync(import, format, settings, 0, cancellationToken))
        {
            if (row.Record > PreviewRecords)
            {
                isWhole = false;
                break;
            }
            if (rows.Count < PreviewRows) rows.Add(row);
            if (row.Error is not null && errors.Count < ImportRunner.MaxErrors) errors.Add(new(row.Line, row.Error));
            if (row.Example is null) continue;
            good++;
            var kind = row.Example.Kind.ToString().ToLowerInvariant();
            kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
        }
        return new(format.Name, rows, errors, good, kinds, isWhole) { Header = await runner.HeaderAsync(import, format, cancellationToken) };
    }

    /// <summary>Starts the import of a file. It runs in the background and goes on after an interruption.</summary>
    /// <exception cref="InvalidRequestException">There is no such format, or the file is in the project already.</exception>
    [Requires(Policy.Manage)]
    public async Task StartAsync(Actor actor, Guid projectId, Guid importId, ImportChoice choice, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken);
        RequestValidation.Validate(choice);
        await writes.RunAsync(
            async db =>
            {
                var import = await FindAsync(db, projectId, importId, cancellationToken);
                RequireUploaded(import);
                await RequireNewAsync(db, import, cancellationToken);
                import.Format = FormatOf(choice.Format ?? import.Format).Name;
                (import.Columns, import.BadRows, import.SkipsNearDuplicates) = (choice.Columns, choice.BadRows, choice.SkipsNearDuplicates);
                (import.State, import.Failure, import.Errors, import.Counts) = (ImportState.Queued, null, [], new ImportCounts());
                // The same file, sent again after it had been lost in the middle of its import, goes on where that ended.
                import.RecordsDone = await db.DatasetImports.Where(other => other.Id != importId && other.ProjectId == projectId && other.FileHash == import.FileHash && other.State == ImportState.Failed && other.Format == import.Format)
                    .MaxAsync(other => (long?)other.RecordsDone, cancellationToken) ?? 0;
                db.Update(import);
                await db.SaveChangesAsync(cancellationToken);
                await AuditLog.RecordAsync(db, actor, "import.start", projectId, import.FileName, choice, time.GetUtcNow().UtcDateTime, cancellationToken);
            },
            cancellationToken);
        signal.Raise();
    }

    /// <summary>An import.</summary>
    [Requires(Policy.Manage, ReadsOnly = true)]
    public async Task<ImportDetails> GetAsync(Actor actor, Guid projectId, Guid importId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken, readsOnly: true);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return Details(await FindAsync(db, projectId, importId, cancellationToken));
    }

    /// <summary>Imports, newest first.</summary>
    [Requires(Policy.Manage, ReadsOnly = true)]
    public async Task<Page<ImportDetails>> ListAsync(Actor actor, Guid projectId, PageRequest page, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken, readsOnly: true);
        RequestValidation.Validate(page);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db.DatasetImports.AsNoTracking().Where(import => import.ProjectId == projectId && (page.After == null || import.Id.CompareTo(page.After.Value) < 0))
            .OrderByDescending(import => import.Id).Take(page.Limit + 1).ToListAsync(cancellationToken);
        return page.Cut(rows.ConvertAll(Details), import => import.Id);
    }

    private static ImportDetails Details(DatasetImport import) => new(
        import.Id, import.FileName, import.SizeBytes, import.Format, import.State, import.BadRows, import.RecordsDone, import.Counts, import.Errors, import.Failure, import.CreatedAt);

    private static async Task<DatasetImport> FindAsync(RlhfHubDbContext db, Guid projectId, Guid importId, CancellationToken cancellationToken) =>
        await db.DatasetImports.AsNoTracking().SingleOrDefaultAsync(import => import.Id == importId && import.ProjectId == projectId, cancellationToken) ?? throw AccessException.NotFound("import", importId);

    // Its judgments would be there twice.
    private static async Task RequireNewAsync(RlhfHubDbContext db, DatasetImport import, CancellationToken cancellationToken)
    {
        var isThere = await db.DatasetImports.AnyAsync(
            other => other.Id != import.Id && other.ProjectId == import.ProjectId && other.FileHash == import.FileHash && (other.State == ImportState.Completed || other.State == ImportState.Queued), cancellationToken);
        if (isThere) throw new InvalidRequestException("file", $"A file with exactly the content of {import.FileName} has been imported into this project already, or is being imported.");
    }

    private static void RequireUploaded(DatasetImport import)
    {
        if (import.State is ImportState.Uploaded or ImportState.Failed && import.RecordsDone == 0) return;
        throw new InvalidRequestException("importId", $"{import.FileName} {(import.State == ImportState.Completed ? "is in the project already" : "is being imported")}; send a file again to import it anew.");
    }

    private static DatasetFormat FormatOf(string name) => DatasetFormats.Find(name) ?? throw new InvalidRequestException(
        "format", name.Length == 0 ? $"The file's format was not recognised; choose one of {string.Join(", ", DatasetFormats.All)}." : $"There is no format '{name}'; choose one of {string.Join(", ", DatasetFormats.All)}.");

    private static async Task<(string Hash, long Size)> KeepAsync(Stream content, string path, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
        var buffer = new byte[1 << 16];
        int count;
        long size = 0;
        while ((count = await content.ReadAsync(buffer, cancellationToken)) > 0)
        {
            size += count;
            if (size > MaxFileBytes) throw new InvalidRequestException("file", $"The file is larger than {MaxFileBytes >> 30} GB; cut it into parts.");
            hash.AppendData(buffer, 0, count);
            await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }
        file.Flush(flushToDisk: true);
        return (Convert.ToHexStringLower(hash.GetHashAndReset()), size);
    }
}

/// <summary>An import was queued.</summary>
public sealed class ImportSignal : WorkSignal;
