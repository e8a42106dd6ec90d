using System.IO.Compression;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.Datasets.Archives;

/// <summary>
/// Writes a whole project as lines of JSON, each record behind those that it names. Everything is read inside one read transaction and row by row: the archive shows the project at one moment although
/// raters go on, and a large project takes no more memory than a small one.
/// </summary>
internal sealed class ProjectArchive(IDbContextFactory<RlhfHubDbContext> contexts)
{
    /// <summary>Writes the project; the stream stays open.</summary>
    public async Task WriteAsync(Guid projectId, Stream stream, bool isGzip, CancellationToken cancellationToken)
    {
        await using var target = isGzip ? new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true) : null;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using (await db.BeginReadAsync(cancellationToken)) await WriteAsync(db, projectId, target ?? stream, cancellationToken);
    }

    private static async Task WriteAsync(RlhfHubDbContext db, Guid projectId, Stream stream, CancellationToken cancellationToken)
    {
        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        using var writer = new ArchiveWriter(stream);
        async Task AddAllAsync<T>(IQueryable<T> rows, Func<T, ArchiveRecord> record)
        {
            await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(cancellationToken)) await writer.AddAsync(record(row), cancellationToken);
        }

        await writer.AddAsync(new HeaderRecord(HeaderRecord.FormatName, HeaderRecord.CurrentVersion), cancellationToken);
        await writer.AddAsync(await ProjectAsync(db, projectId, cancellationToken), cancellationToken);
        var people = await ArchivePeople.ReadAsync(db, projectId, cancellationToken);
        foreach (var person in people.Records) await writer.AddAsync(person, cancellationToken);
        await AddAllAsync(db.Guidelines.Where(row => row.ProjectId == projectId).OrderBy(row => row.Number),
            row => new GuidelinesRecord(row.Number, row.Markdown, row.CreatedAt, people.Name(row.AuthorId, row.ImportedAuthor)));
        await AddAllAsync(db.DatasetImports.Where(row => row.ProjectId == projectId).OrderBy(row => row.Id),
            row => new ImportRecord(
                row.Id, row.FileName, row.FileHash, row.SizeBytes, row.Format, row.BadRows, row.SkipsNearDuplicates, row.State, row.RecordsDone, row.Counts, row.Errors, row.CreatedAt, row.Columns,
                row.Failure, people.Name(row.CreatedById, row.ImportedCreator)));
        await AddAllAsync(db.Prompts.Where(row => row.ProjectId == projectId).OrderBy(row => row.Id),
            row => new PromptRecord(
                row.Id, row.Messages, row.Source, row.Split, row.Tags, row.Priority, row.CreatedAt, row.IsArchived, row.SourceId, row.Language, people.Name(row.AuthorId, row.ImportedAuthor),
                row.ImportId, row.Extra));
        await AddAllAsync(from row in db.Responses join prompt in db.Prompts on row.PromptId equals prompt.Id where prompt.ProjectId == projectId orderby row.Id select row,
            row => new ResponseRecord(
                row.Id, row.PromptId, row.Text, row.Origin, row.CreatedAt, row.ImportedIsPerson, people.Name(row.AuthorId, row.ImportedAuthor), row.ModelVersionId, row.ImportedName, row.Sampling, row.ModelName, row.Flag));
        await AddAllAsync(
            db.Tasks.Where(row => row.ProjectId == projectId).OrderBy(row => row.Id)
                .Select(task => new { Task = task, Replies = db.TaskResponses.Where(reply => reply.TaskId == task.Id).OrderBy(reply => reply.Place).Select(reply => reply.ResponseId).ToList() }),
            row => new TaskRecord(
                row.Task.Id, row.Task.PromptId, row.Task.Kind, row.Task.Purpose, row.Task.RequiredJudgments, row.Task.CountedJudgments, row.Task.LiveLeases, row.Task.IsWithdrawn, row.Task.Priority,
                row.Task.Position, row.Task.OrderGroup, row.Task.CreatedAt, row.Replies, row.Task.ExpectedAnswer));
        await AddAllAsync(db.Assignments.Where(row => row.ProjectId == projectId).OrderBy(row => row.Id),
            row => new AssignmentRecord(row.Id, row.TaskId, row.State, row.HandedOutAt, row.LeaseExpiresAt, row.DisplayOrder, people.Name(row.RaterId, row.ImportedRater), row.Reason));
        await AddAllAsync(db.Judgments.Where(row => row.ProjectId == projectId).OrderBy(row => row.Id),
            row => new JudgmentRecord(
                row.Id, row.TaskId, row.Kind, row.Purpose, row.Standing, row.Review, row.Revision, row.DisplayOrder, row.SubmittedAt, row.ChangedAt, row.OriginalId,
                people.Name(row.RaterId, row.ImportedRater), row.ReviewReason, people.Name(row.ReviewerId, row.ImportedReviewer), row.MatchesGold));
        await AddAllAsync(
            from row in db.JudgmentRevisions join judgment in db.Judgments on row.JudgmentId equals judgment.Id where judgment.ProjectId == projectId orderby row.JudgmentId, row.Number select row,
            row => new RevisionRecord(
                row.JudgmentId, row.Number, row.Answer, row.GuidelinesVersion, row.StartedAt, row.SubmittedAt, row.ActiveMilliseconds, row.ClientKey, people.Name(row.AuthorId, row.ImportedAuthor)));
        await AddAllAsync(from row in db.ImportedRecords join import in db.DatasetImports on row.ImportId equals import.Id where import.ProjectId == projectId orderby row.Id select row,
            row => new SourceRecord(row.Id, row.ImportId, row.Record, row.PromptId, row.Fields, row.TaskId, row.SourceId));
        await AddAllAsync(db.Snapshots.Where(row => row.ProjectId == projectId).OrderBy(row => row.Id),
            row => new SnapshotRecord(row.Id, row.Name, row.Rules, row.Settings, row.ContentHash, row.Counts, row.CreatedAt, people.Name(row.CreatedById, row.ImportedCreator)));
        await AddAllAsync(
            from row in db.SnapshotJudgments join snapshot in db.Snapshots on row.SnapshotId equals snapshot.Id where snapshot.ProjectId == projectId orderby row.SnapshotId, row.JudgmentId select row,
            row => new ChosenRecord(row.SnapshotId, row.JudgmentId, row.Revision, row.Weight));
        await writer.EndAsync(cancellationToken);
    }

    private static async Task<ProjectRecord> ProjectAsync(RlhfHubDbContext db, Guid projectId, CancellationToken cancellationToken)
    {
        var project = await db.Projects.SingleAsync(project => project.Id == projectId, cancellationToken);
        var last = await db.QueuePositions.Where(position => position.ProjectId == projectId).Select(position => position.Last).FirstOrDefaultAsync(cancellationToken);
        return new ProjectRecord(project.Id, project.Name, project.Description, project.Settings, project.GuidelinesVersion, project.IsArchived, project.CreatedAt, last, project.ClonedFromId);
    }
}
