using RlhfHub.Domain.Datasets.Imports;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Datasets.Archives;

/// <summary>What archive records become in the database of this site.</summary>
internal sealed class ArchiveEntities(Guid projectId, ArchiveIds ids, ArchiveAccounts accounts)
{
    /// <summary>The entities of a record, the main one first.</summary>
    /// <exception cref="InvalidDataException">The record says something that cannot be.</exception>
    public IReadOnlyList<object> Of(ArchiveRecord record) => record switch
    {
        PersonRecord person => Member(person),
        GuidelinesRecord guidelines => [Guidelines(guidelines)],
        ImportRecord import => [Import(import)],
        PromptRecord prompt => [Prompt(prompt)],
        ResponseRecord response => [Response(response)],
        TaskRecord task => [Task(task)],
        AssignmentRecord assignment => [Assignment(assignment)],
        JudgmentRecord judgment => [Judgment(judgment)],
        RevisionRecord revision => [Revision(revision)],
        SourceRecord source => [Source(source)],
        SnapshotRecord snapshot => [Snapshot(snapshot)],
        ChosenRecord chosen => [new SnapshotJudgment { SnapshotId = ids.Of(chosen.SnapshotId), JudgmentId = ids.Of(chosen.JudgmentId), Revision = chosen.Revision, Weight = chosen.Weight }],
        _ => throw new InvalidOperationException($"{record.GetType().Name} becomes nothing."),
    };

    /// <summary>The project, which nobody sees yet.</summary>
    public static Project Project(ProjectRecord project, Guid id) => new()
    {
        Id = id,
        Name = project.Name,
        Description = project.Description,
        Settings = project.Settings,
        GuidelinesVersion = project.GuidelinesVersion,
        IsArchived = project.IsArchived,
        IsIncomplete = true,
        CreatedAt = Utc(project.CreatedAt),
        ClonedFromId = project.ClonedFromId,
    };

    private ProjectMember[] Member(PersonRecord person)
    {
        accounts.Add(person);
        if (person.Member is not { } member || accounts.Of(person.Name).Id is not { } id) return [];
        return [new ProjectMember { ProjectId = projectId, PersonId = id, Role = member.Role, Kinds = member.Kinds, IsPaused = member.IsPaused, JoinedAt = Utc(member.JoinedAt) }];
    }

    private Guidelines Guidelines(GuidelinesRecord guidelines)
    {
        var author = accounts.Of(guidelines.Author);
        return new() { ProjectId = projectId, Number = guidelines.Number, Markdown = guidelines.Markdown, AuthorId = author.Id, ImportedAuthor = author.Name, CreatedAt = Utc(guidelines.CreatedAt) };
    }

    private DatasetImport Import(ImportRecord import)
    {
        var creator = accounts.Of(import.Creator);
        // The file stayed where it was: what was not read to its end cannot go on here.
        var isOver = import.State is ImportState.Completed or ImportState.Failed;
        return new()
        {
            Id = ids.Of(import.Id),
            ProjectId = projectId,
            FileName = import.FileName,
            FileHash = import.FileHash,
            SizeBytes = import.SizeBytes,
            Format = import.Format,
            Columns = import.Columns,
            BadRows = import.BadRows,
            SkipsNearDuplicates = import.SkipsNearDuplicates,
            State = isOver ? import.State : ImportState.Failed,
            RecordsDone = import.RecordsDone,
            Counts = import.Counts,
            Errors = import.Errors,
            Failure = isOver ? import.Failure : "The file was not imported to its end when the project was archived; send it again.",
            CreatedById = creator.Id,
            ImportedCreator = creator.Name,
            CreatedAt = Utc(import.CreatedAt),
        };
    }

    private Prompt Prompt(PromptRecord prompt)
    {
        var author = accounts.Of(prompt.Author);
        if (prompt.Messages.Count == 0) throw new InvalidDataException("the prompt has no message");
        return new()
        {
            Id = ids.Of(prompt.Id),
            ProjectId = projectId,
            Messages = prompt.Messages,
            Source = prompt.Source,
            SourceId = prompt.SourceId,
            Split = prompt.Split,
            Tags = prompt.Tags,
            Language = prompt.Language,
            Priority = prompt.Priority,
            AuthorId = author.Id,
            ImportedAuthor = author.Name,
            ImportId = ids.Of(prompt.ImportId),
            ContentHash = PromptText.Hash(prompt.Messages),
            Fingerprint = SimilarityHash.Of(PromptText.Flatten(prompt.Messages)),
            Extra = prompt.Extra,
            CreatedAt = Utc(prompt.CreatedAt),
            IsArchived = prompt.IsArchived,
        };
    }

    private Response Response(ResponseRecord response)
    {
        var author = accounts.Of(response.Author);
        return new()
        {
            Id = ids.Of(response.Id),
            PromptId = ids.Of(response.PromptId),
            Text = response.Text,
            Origin = response.Origin,
            AuthorId = author.Id,
            ImportedAuthor = author.Name,
            ModelVersionId = response.ModelVersionId,
            ImportedName = response.ImportedName,
            ImportedIsPerson = response.ImportedIsPerson,
            Sampling = response.Sampling,
            ModelName = response.ModelName,
            Flag = response.Flag,
            CreatedAt = Utc(response.CreatedAt),
        };
    }

    // Its replies are added by whoever knows their authors.
    private LabelingTask Task(TaskRecord task)
    {
        if (task.Replies.Count > LabelingTask.MaxResponses) throw new InvalidDataException($"the task shows {task.Replies.Count} replies; at most {LabelingTask.MaxResponses} are shown");
        if (task.ExpectedAnswer is { } expected && expected.Kind != task.Kind) throw new InvalidDataException($"the known answer of a {task.Kind} task is a {expected.Kind}");
        return new()
        {
            Id = ids.Of(task.Id),
            ProjectId = projectId,
            PromptId = ids.Of(task.PromptId),
            Kind = task.Kind,
            Purpose = task.Purpose,
            RequiredJudgments = task.RequiredJudgments,
            CountedJudgments = task.CountedJudgments,
            LiveLeases = task.LiveLeases,
            IsWithdrawn = task.IsWithdrawn,
            Priority = task.Priority,
            Position = task.Position,
            OrderGroup = task.OrderGroup,
            IsOpen = !task.IsWithdrawn && (task.Purpose == TaskPurpose.Gold || task.CountedJudgments + task.LiveLeases < task.RequiredJudgments),
            ExpectedAnswer = task.ExpectedAnswer,
            CreatedAt = Utc(task.CreatedAt),
        };
    }

    private Assignment Assignment(AssignmentRecord assignment)
    {
        var rater = accounts.Of(assignment.Rater);
        return new()
        {
            Id = ids.Of(assignment.Id),
            ProjectId = projectId,
            TaskId = ids.Of(assignment.TaskId),
            RaterId = rater.Id,
            ImportedRater = rater.Name,
            State = assignment.State,
            HandedOutAt = Utc(assignment.HandedOutAt),
            LeaseExpiresAt = Utc(assignment.LeaseExpiresAt),
            DisplayOrder = Order(assignment.DisplayOrder),
            Reason = assignment.Reason,
        };
    }

    private Judgment Judgment(JudgmentRecord judgment)
    {
        var (rater, reviewer) = (accounts.Of(judgment.Rater), accounts.Of(judgment.Reviewer));
        return new()
        {
            Id = ids.Of(judgment.Id),
            OriginalId = judgment.OriginalId ?? (ids.AreKept ? null : judgment.Id),
            ProjectId = projectId,
            TaskId = ids.Of(judgment.TaskId),
            RaterId = rater.Id,
            ImportedRater = rater.Name,
            Kind = judgment.Kind,
            Purpose = judgment.Purpose,
            Standing = judgment.Standing,
            Review = judgment.Review,
            ReviewReason = judgment.ReviewReason,
            ReviewerId = reviewer.Id,
            ImportedReviewer = reviewer.Name,
            Revision = judgment.Revision,
            DisplayOrder = Order(judgment.DisplayOrder),
            MatchesGold = judgment.MatchesGold,
            SubmittedAt = Utc(judgment.SubmittedAt),
            ChangedAt = Utc(judgment.ChangedAt),
        };
    }

    private JudgmentRevision Revision(RevisionRecord revision)
    {
        var author = accounts.Of(revision.Author);
        var id = ids.Of(revision.JudgmentId);
        return new()
        {
            JudgmentId = id,
            Number = revision.Number,
            AuthorId = author.Id,
            ImportedAuthor = author.Name,
            Answer = revision.Answer,
            GuidelinesVersion = revision.GuidelinesVersion,
            StartedAt = Utc(revision.StartedAt),
            SubmittedAt = Utc(revision.SubmittedAt),
            ActiveMilliseconds = revision.ActiveMilliseconds,
            // An author's keys are unique on a site, and the original may be on this one.
            ClientKey = ids.AreKept ? revision.ClientKey : $"{id:N}-{revision.Number}",
        };
    }

    private ImportedRecord Source(SourceRecord source) => new()
    {
        Id = ids.Of(source.Id),
        ImportId = ids.Of(source.ImportId),
        Record = source.Number,
        PromptId = ids.Of(source.PromptId),
        TaskId = ids.Of(source.TaskId),
        SourceId = source.SourceId,
        Fields = source.Fields,
    };

    private Snapshot Snapshot(SnapshotRecord snapshot)
    {
        var creator = accounts.Of(snapshot.Creator);
        return new()
        {
            Id = ids.Of(snapshot.Id),
            ProjectId = projectId,
            Name = snapshot.Name,
            Rules = snapshot.Rules,
            Settings = snapshot.Settings,
            ContentHash = snapshot.ContentHash,
            Counts = snapshot.Counts,
            CreatedById = creator.Id,
            ImportedCreator = creator.Name,
            CreatedAt = Utc(snapshot.CreatedAt),
        };
    }

    private static string Order(string displayOrder) => displayOrder.Order().SequenceEqual(Enumerable.Range(0, displayOrder.Length).Select(place => (char)('0' + place)))
        ? displayOrder
        : throw new InvalidDataException($"'{displayOrder}' is no order of {displayOrder.Length} replies");

    private static DateTime Utc(DateTime time) => time.Kind == DateTimeKind.Utc ? time : throw new InvalidDataException($"the time {time:O} is not in UTC; it must end with Z");
}
