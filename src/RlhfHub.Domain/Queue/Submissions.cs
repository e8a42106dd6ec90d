using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;

namespace RlhfHub.Domain.Queue;

/// <summary>Takes answers in: finds repetitions, decides what counts, writes the judgment with its revision and settles the task's accounts. Everything runs inside the caller's write transaction.</summary>
internal static class Submissions
{
    /// <summary>The receipt of an answer to the same judgment that was received before under the same key; null for a new one.</summary>
    /// <exception cref="InvalidRequestException">The key belongs to another answer: taking this for it would lose one of them.</exception>
    public static async Task<SubmitReceipt?> FindRepetitionAsync(RlhfHubDbContext db, Guid authorId, string clientKey, Guid? judgmentId, CancellationToken cancellationToken)
    {
        var found = await FindByKeyAsync(db, authorId, clientKey, cancellationToken);
        if (found is null || found.JudgmentId == judgmentId) return found;
        throw new InvalidRequestException("clientKey", "This key was used for another answer; make up a new one for each.");
    }

    private static Task<SubmitReceipt?> FindByKeyAsync(RlhfHubDbContext db, Guid authorId, string clientKey, CancellationToken cancellationToken) => db.FirstAsync(
        """
        SELECT r."JudgmentId", r."Number", j."Standing" FROM "JudgmentRevisions" r JOIN "Judgments" j ON j."Id" = r."JudgmentId" WHERE r."AuthorId" = @author AND r."ClientKey" = @key
        """,
        row => new SubmitReceipt((JudgmentStanding)row.GetInt32(2) == JudgmentStanding.Extra ? SubmitOutcome.Extra : SubmitOutcome.Counted, row.GetGuid(0), row.GetInt32(1), true),
        cancellationToken, ("@author", authorId), ("@key", clientKey));

    /// <summary>The assignment with what the queue must know of its task; null when the rater has none with this id in the project.</summary>
    public static Task<AnsweredTask?> FindAsync(RlhfHubDbContext db, Guid projectId, Guid raterId, Guid assignmentId, CancellationToken cancellationToken) => db.FirstAsync(
        """
        SELECT a."State", a."DisplayOrder", a."HandedOutAt", t."Id", t."Kind", t."Purpose", t."RequiredJudgments", t."CountedJudgments", t."LiveLeases", t."ExpectedAnswer", j."Id", j."Revision", j."Standing", t."IsWithdrawn"
        FROM "Assignments" a JOIN "Tasks" t ON t."Id" = a."TaskId" LEFT JOIN "Judgments" j ON j."TaskId" = a."TaskId" AND j."RaterId" = a."RaterId"
        WHERE a."Id" = @id AND a."RaterId" = @rater AND a."ProjectId" = @project
        """,
        row => new AnsweredTask
        {
            AssignmentId = assignmentId,
            ProjectId = projectId,
            RaterId = raterId,
            State = (AssignmentState)row.GetInt32(0),
            DisplayOrder = row.GetString(1),
            HandedOutAt = row.Utc(2),
            TaskId = row.GetGuid(3),
            Kind = (TaskKind)row.GetInt32(4),
            Purpose = (TaskPurpose)row.GetInt32(5),
            FreePlaces = row.GetBoolean(13) ? 0 : row.GetInt32(6) - row.GetInt32(7) - row.GetInt32(8),
            IsSettledByRater = !row.IsDBNull(12) && (JudgmentStanding)row.GetInt32(12) == JudgmentStanding.Settling,
            ExpectedAnswer = row.Text(9) is { } expected ? JsonText.Read<Answer>(expected) : null,
            JudgmentId = row.IsDBNull(10) ? null : row.GetGuid(10),
            Revision = row.IsDBNull(11) ? 0 : row.GetInt32(11),
        },
        cancellationToken, ("@id", assignmentId), ("@rater", raterId), ("@project", projectId));

    /// <summary>Writes an answer to a task that the rater has not answered, or whose answer was withdrawn or sent back.</summary>
    public static async Task<SubmitReceipt> WriteAsync(RlhfHubDbContext db, AnsweredTask task, Submission submission, Answer answer, DateTime now, CancellationToken cancellationToken)
    {
        var wasLeased = task.State == AssignmentState.Leased;
        var counts = wasLeased || task.Purpose == TaskPurpose.Gold || task.FreePlaces > 0;
        var standing = counts ? JudgmentStanding.Counted : JudgmentStanding.Extra;
        var isFirst = task.JudgmentId is null;
        var judgmentId = task.JudgmentId ?? Guid.CreateVersion7(now);
        var revision = task.Revision + 1;
        if (isFirst)
        {
            var matches = task.ExpectedAnswer is null ? null : GoldCheck.Matches(answer, task.ExpectedAnswer);
            await db.ExecuteAsync(
                """
                INSERT INTO "Judgments" ("Id", "ProjectId", "TaskId", "RaterId", "Kind", "Purpose", "Standing", "Review", "Revision", "DisplayOrder", "MatchesGold", "SubmittedAt", "ChangedAt")
                VALUES (@id, @project, @task, @rater, @kind, @purpose, @standing, 0, 1, @order, @matches, @now, @now)
                """,
                cancellationToken, ("@id", judgmentId), ("@project", task.ProjectId), ("@task", task.TaskId), ("@rater", task.RaterId), ("@kind", task.Kind), ("@purpose", task.Purpose),
                ("@standing", standing), ("@order", task.DisplayOrder), ("@matches", matches), ("@now", now));
        }
        else
        {
            await db.ExecuteAsync(
                """UPDATE "Judgments" SET "Standing" = @standing, "Review" = 0, "ReviewReason" = NULL, "Revision" = @revision, "ChangedAt" = @now WHERE "Id" = @id""",
                cancellationToken, ("@standing", standing), ("@revision", revision), ("@now", now), ("@id", judgmentId));
        }
        await WriteRevisionAsync(db, judgmentId, revision, task.RaterId, submission, answer, isFirst ? task.HandedOutAt : now, now, cancellationToken);
        await Places.SetStateAsync(db, task.AssignmentId, AssignmentState.Submitted, null, cancellationToken);
        if (counts || wasLeased) await Places.TakeAsync(db, task.TaskId, counts ? 1 : 0, wasLeased ? -1 : 0, cancellationToken);
        await db.ExecuteAsync("""DELETE FROM "Drafts" WHERE "AssignmentId" = @id""", cancellationToken, ("@id", task.AssignmentId));
        return new(counts ? SubmitOutcome.Counted : SubmitOutcome.Extra, judgmentId, revision, false);
    }

    /// <summary>Adds a version to a judgment's history.</summary>
    public static Task WriteRevisionAsync(
        RlhfHubDbContext db, Guid judgmentId, int number, Guid authorId, Submission submission, Answer answer, DateTime startedAt, DateTime now, CancellationToken cancellationToken) => db.ExecuteAsync(
        """
        INSERT INTO "JudgmentRevisions" ("JudgmentId", "Number", "AuthorId", "Answer", "GuidelinesVersion", "StartedAt", "SubmittedAt", "ActiveMilliseconds", "ClientKey")
        VALUES (@id, @number, @author, @answer, @guidelines, @started, @now, @active, @key)
        """,
        cancellationToken, ("@id", judgmentId), ("@number", number), ("@author", authorId), ("@answer", JsonText.Write(answer)), ("@guidelines", submission.GuidelinesVersion),
        ("@started", startedAt), ("@now", now), ("@active", submission.ActiveMilliseconds), ("@key", submission.ClientKey));
}

/// <summary>An assignment and its task, as a submission needs them.</summary>
internal sealed record AnsweredTask
{
    public required Guid AssignmentId { get; init; }

    public required Guid ProjectId { get; init; }

    public required Guid RaterId { get; init; }

    public required AssignmentState State { get; init; }

    public required string DisplayOrder { get; init; }

    public required DateTime HandedOutAt { get; init; }

    public required Guid TaskId { get; init; }

    public required TaskKind Kind { get; init; }

    public required TaskPurpose Purpose { get; init; }

    /// <summary>Whether the same person has settled the task as its reviewer.</summary>
    public required bool IsSettledByRater { get; init; }

    /// <summary>Places that neither a counted judgment nor a live lease takes.</summary>
    public required int FreePlaces { get; init; }

    public required Answer? ExpectedAnswer { get; init; }

    public required Guid? JudgmentId { get; init; }

    /// <summary>The number of the judgment's last revision; 0 for none.</summary>
    public required int Revision { get; init; }
}
