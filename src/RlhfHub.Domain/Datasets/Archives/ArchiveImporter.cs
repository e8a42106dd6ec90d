using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Audit;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Queue;

namespace RlhfHub.Domain.Datasets.Archives;

/// <summary>
/// Makes a project of an archive. The file is read twice: to its end, to know that it is whole, and then into the database, a portion a transaction so that raters go on meanwhile. Until the last portion is
/// in nobody sees the project, and where that is not reached, nothing of it stays. One archive at a time.
/// </summary>
internal sealed class ArchiveImporter(IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, Random random, TimeProvider time) : IDisposable
{
    private const int LinesAtOnce = 250, BytesAtOnce = 4 << 20;

    private readonly SemaphoreSlim turn = new(1);

    /// <summary>Reads an archive in.</summary>
    /// <returns>The new project.</returns>
    /// <exception cref="InvalidDataException">The archive is damaged or names what it does not hold; one sentence with the line.</exception>
    public async Task<Guid> ImportAsync(Actor actor, Stream file, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            var (project, people) = await CheckAsync(file, cancellationToken);
            var accounts = await AccountsAsync(people, cancellationToken);
            await RemoveUnfinishedAsync();   // an earlier clean-up may have been interrupted itself
            if (!await IsTakenAsync(project.Id, cancellationToken))
            {
                try
                {
                    return await WriteAsync(actor, file, project, ArchiveIds.Kept, accounts, cancellationToken);
                }
                catch (DbUpdateException)
                {
                    // Something in it has an id that this site has given away, although the project has not.
                    await RemoveUnfinishedAsync();
                }
            }
            return await WriteAsync(actor, file, project, ArchiveIds.Moved(random), accounts, cancellationToken);
        }
        catch (DbUpdateException error)
        {
            throw new InvalidDataException($"Some lines contradict each other, and the database does not take them: {(error.InnerException ?? error).Message.TrimEnd('.')}.", error);
        }
        finally
        {
            await RemoveUnfinishedAsync();
            turn.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => turn.Dispose();

    // Not to be stopped: what is left over has to go.
    private Task RemoveUnfinishedAsync() => UnfinishedProjects.RemoveAsync(portion => writes.RunAsync(portion, CancellationToken.None), CancellationToken.None);

    private static async Task<(ProjectRecord Project, List<Guid> People)> CheckAsync(Stream file, CancellationToken cancellationToken)
    {
        ProjectRecord? project = null;
        List<Guid> people = [];
        await foreach (var line in ReadAsync(file, cancellationToken))
        {
            project ??= line.Record as ProjectRecord;
            if (line.Record is PersonRecord { Id: { } id }) people.Add(id);
        }
        return (project!, people);
    }

    private static IAsyncEnumerable<ArchiveLine> ReadAsync(Stream file, CancellationToken cancellationToken)
    {
        file.Position = 0;
        return ArchiveReader.ReadAsync(file, cancellationToken);
    }

    private async Task<HashSet<Guid>> AccountsAsync(List<Guid> people, CancellationToken cancellationToken)
    {
        HashSet<Guid> known = [];
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        foreach (var portion in people.Chunk(500)) known.UnionWith(await db.Users.Where(person => portion.Contains(person.Id)).Select(person => person.Id).ToListAsync(cancellationToken));
        return known;
    }

    private async Task<bool> IsTakenAsync(Guid projectId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Projects.IgnoreQueryFilters().AnyAsync(project => project.Id == projectId, cancellationToken);
    }

    private async Task<Guid> WriteAsync(Actor actor, Stream file, ProjectRecord project, ArchiveIds ids, HashSet<Guid> accounts, CancellationToken cancellationToken)
    {
        var projectId = ids.Of(project.Id);
        var entities = new ArchiveEntities(projectId, ids, new ArchiveAccounts(accounts));
        Task FlushAsync(List<ArchiveLine> lines) => writes.RunAsync(db => new ArchivePortion(db, projectId, ids, lines).WriteAsync(entities, cancellationToken), cancellationToken);
        await writes.RunAsync(
            async db =>
            {
                db.AddRange(ArchiveEntities.Project(project, projectId), new QueuePosition { ProjectId = projectId, Last = project.LastPosition });
                await db.SaveChangesAsync(cancellationToken);
            },
            cancellationToken);
        List<ArchiveLine> portion = [];
        var (bytes, last) = (0L, 0L);
        await foreach (var line in ReadAsync(file, cancellationToken))
        {
            last = line.Number;
            if (line.Record is ProjectRecord) continue;
            if (portion.Count > 0 && (portion.Count == LinesAtOnce || bytes + line.SizeBytes > BytesAtOnce || portion[0].Record.GetType() != line.Record.GetType()))
            {
                await FlushAsync(portion);
                portion.Clear();
                bytes = 0;
            }
            portion.Add(line);
            bytes += line.SizeBytes;
        }
        if (portion.Count > 0) await FlushAsync(portion);
        await ShowAsync(actor, project, projectId, last, cancellationToken);
        return projectId;
    }

    // The moment in which the project comes into being for everybody.
    private Task ShowAsync(Actor actor, ProjectRecord project, Guid projectId, long lines, CancellationToken cancellationToken) => writes.RunAsync(
        async db =>
        {
            await db.Projects.IgnoreQueryFilters().Where(row => row.Id == projectId).ExecuteUpdateAsync(set => set.SetProperty(row => row.IsIncomplete, false), cancellationToken);
            await AuditLog.RecordAsync(db, actor, "project.import", projectId, project.Name, new { ArchivedId = project.Id, Lines = lines + 1 }, time.GetUtcNow().UtcDateTime, cancellationToken);
        },
        cancellationToken);
}
