using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;

namespace RlhfHub.Domain.Datasets.Archives;

/// <summary>Takes whole projects out as one file, and in again, here or on another site. Nothing is lost but unfinished answers and accounts.</summary>
public sealed class ArchiveService : IDisposable
{
    /// <summary>The largest archive that is read, in bytes as it is sent.</summary>
    public const long MaxFileBytes = 64L << 30;

    private readonly IDbContextFactory<RlhfHubDbContext> contexts;
    private readonly WriteTransactions writes;
    private readonly Access access;
    private readonly DataFolder folder;
    private readonly TimeProvider time;
    private readonly ArchiveImporter importer;

    /// <summary>Made by the site's services.</summary>
    public ArchiveService(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, Access access, DataFolder folder, Random random, TimeProvider time)
    {
        (this.contexts, this.writes, this.access, this.folder, this.time) = (contexts, writes, access, folder, time);
        importer = new ArchiveImporter(contexts, writes, random, time);
    }

    /// <summary>Gives what writes the project's archive. The archive shows the project as it is when the writing begins, whatever raters do meanwhile.</summary>
    [Requires(Policy.Manage, ReadsOnly = true)]
    public async Task<ArchiveFile> ExportAsync(Actor actor, Guid projectId, bool isGzip, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken, readsOnly: true);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var name = await db.Projects.Where(project => project.Id == projectId).Select(project => project.Name).SingleAsync(cancellationToken);
        await writes.RunAsync(
            transaction => AuditLog.RecordAsync(transaction, actor, "project.export", projectId, name, new { IsGzip = isGzip }, time.GetUtcNow().UtcDateTime, cancellationToken), cancellationToken);
        var fileName = string.Concat(name.Select(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '-'));
        return new($"{fileName}.rlhfhub.jsonl{(isGzip ? ".gz" : "")}", (stream, stop) => new ProjectArchive(contexts).WriteAsync(projectId, stream, isGzip, stop));
    }

    /// <summary>
    /// Makes a new project of an archive, compressed or not. Ids stay what they were where this site has not given them to something else. People who have an account with the same id are linked and get their roles
    /// back; of others the names stay. Nobody sees the project before it is there whole.
    /// </summary>
    /// <returns>The new project.</returns>
    /// <exception cref="InvalidRequestException">The archive is damaged, changed, cut off or no archive; one sentence with the line. Nothing of it stays.</exception>
    [Requires(Policy.ManageSite)]
    public async Task<Guid> ImportAsync(Actor actor, Stream content, CancellationToken cancellationToken)
    {
        Access.Require(actor, Policy.ManageSite);
        await using var file = Temporary();
        var buffer = new byte[1 << 16];
        int count;
        while ((count = await content.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (file.Length + count > MaxFileBytes) throw new InvalidRequestException("file", $"The archive is larger than {MaxFileBytes >> 30} GB.");
            await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }
        try
        {
            return await importer.ImportAsync(actor, file, cancellationToken);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidRequestException("file", error.Message);
        }
    }

    /// <inheritdoc />
    public void Dispose() => importer.Dispose();

    // Gone with the process, however that ends: on Unix the name goes at once and the content with its last reader.
    private FileStream Temporary()
    {
        var path = Path.Combine(folder.Uploads, $"archive-{Guid.CreateVersion7():N}");
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, 1 << 16, FileOptions.DeleteOnClose);
        if (!OperatingSystem.IsWindows()) File.Delete(path);
        return file;
    }
}

/// <summary>An archive that is ready to be written.</summary>
/// <param name="FileName">A name for the file.</param>
/// <param name="WriteAsync">Writes it to a stream.</param>
public sealed record ArchiveFile(string FileName, Func<Stream, CancellationToken, Task> WriteAsync);
