using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;

namespace RlhfHub.Domain.Datasets.Archives;

/// <summary>Writes consecutive records of one kind, inside the caller's write transaction. What they name must be in the project already: an archive can never reach into another one.</summary>
internal sealed class ArchivePortion(RlhfHubDbContext db, Guid projectId, ArchiveIds ids, IReadOnlyList<ArchiveLine> lines)
{
    /// <summary>Adds the records.</summary>
    /// <exception cref="InvalidDataException">A record names something that the archive does not hold, or says what cannot be.</exception>
    public async Task WriteAsync(ArchiveEntities entities, CancellationToken cancellationToken)
    {
        var prompts = db.Prompts.Where(prompt => prompt.ProjectId == projectId).Select(prompt => prompt.Id);
        var tasks = db.Tasks.Where(task => task.ProjectId == projectId).Select(task => task.Id);
        var judgments = db.Judgments.Where(judgment => judgment.ProjectId == projectId).Select(judgment => judgment.Id);
        var imports = db.DatasetImports.Where(import => import.ProjectId == projectId).Select(import => import.Id);
        var snapshots = db.Snapshots.Where(snapshot => snapshot.ProjectId == projectId).Select(snapshot => snapshot.Id);

        await RequireAsync<PromptRecord>("import", imports, prompt => prompt.ImportId, cancellationToken);
        await RequireAsync<ResponseRecord>("prompt", prompts, response => response.PromptId, cancellationToken);
        await RequireAsync<TaskRecord>("prompt", prompts, task => task.PromptId, cancellationToken);
        await RequireAsync<AssignmentRecord>("task", tasks, assignment => assignment.TaskId, cancellationToken);
        await RequireAsync<JudgmentRecord>("task", tasks, judgment => judgment.TaskId, cancellationToken);
        await RequireAsync<RevisionRecord>("judgment", judgments, revision => revision.JudgmentId, cancellationToken);
        await RequireAsync<SourceRecord>("import", imports, source => source.ImportId, cancellationToken);
        await RequireAsync<SourceRecord>("prompt", prompts, source => source.PromptId, cancellationToken);
        await RequireAsync<SourceRecord>("task", tasks, source => source.TaskId, cancellationToken);
        await RequireAsync<ChosenRecord>("snapshot", snapshots, chosen => chosen.SnapshotId, cancellationToken);
        await RequireAsync<ChosenRecord>("judgment", judgments, chosen => chosen.JudgmentId, cancellationToken);
        foreach (var line in lines) Add(line, entities);
        await AddRepliesAsync(cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
    }

    private void Add(ArchiveLine line, ArchiveEntities entities)
    {
        try
        {
            db.AddRange(entities.Of(line.Record));
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidDataException($"Line {line.Number}: it comes twice.", error);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"Line {line.Number}: {error.Message}.", error);
        }
    }

    // The replies of tasks bear their authors, whom the queue asks for.
    private async Task AddRepliesAsync(CancellationToken cancellationToken)
    {
        var wanted = lines.Where(line => line.Record is TaskRecord).SelectMany(line => ((TaskRecord)line.Record).Replies.Select(id => ids.Of(id))).Distinct().ToList();
        if (wanted.Count == 0) return;
        var authors = await (from response in db.Responses join prompt in db.Prompts on response.PromptId equals prompt.Id where prompt.ProjectId == projectId && wanted.Contains(response.Id) select new { response.Id, response.AuthorId })
            .ToDictionaryAsync(response => response.Id, response => response.AuthorId, cancellationToken);
        foreach (var line in lines)
        {
            var task = (TaskRecord)line.Record;
            for (var place = 0; place < task.Replies.Count; place++)
            {
                var id = ids.Of(task.Replies[place]);
                if (!authors.TryGetValue(id, out var author)) throw Missing(line, "response", task.Replies[place]);
                db.Add(new TaskResponse { TaskId = ids.Of(task.Id), Place = place, ResponseId = id, AuthorId = author });
            }
        }
    }

    private async Task RequireAsync<TRecord>(string kind, IQueryable<Guid> there, Func<TRecord, Guid?> named, CancellationToken cancellationToken) where TRecord : ArchiveRecord
    {
        var wanted = lines.Where(line => line.Record is TRecord).Select(line => (Line: line, Id: named((TRecord)line.Record))).Where(name => name.Id is not null).ToList();
        if (wanted.Count == 0) return;
        var asked = wanted.Select(name => ids.Of(name.Id!.Value)).Distinct().ToList();
        var found = await there.Where(id => asked.Contains(id)).ToHashSetAsync(cancellationToken);
        foreach (var (line, id) in wanted)
            if (!found.Contains(ids.Of(id!.Value))) throw Missing(line, kind, id.Value);
    }

    private static InvalidDataException Missing(ArchiveLine line, string kind, Guid id) => new($"Line {line.Number}: it names the {kind} {id}, which does not come before it.");
}
