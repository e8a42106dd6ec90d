using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;

namespace RlhfHub.Domain.Queue;

/// <summary>
/// The accounts of a task's k places. Every change of them goes through here, inside a write transaction, so that counted judgments and live leases together never exceed k.
/// Whatever makes a task available to somebody again gives it a new position at the end of its line: what a rater has walked past stays behind them for good,
/// which is what <see cref="QueueCursors"/> stand on.
/// </summary>
internal static class Places
{
    private const string IsOpenRule = """
        ("IsWithdrawn" = FALSE AND ("Purpose" = 2 OR "CountedJudgments" + @counted + "LiveLeases" + @leases < "RequiredJudgments"))
        """;

    /// <summary>Adds to a task's counts, without making it available to anybody who had passed it.</summary>
    public static Task TakeAsync(RlhfHubDbContext db, Guid taskId, int counted, int leases, CancellationToken cancellationToken) => db.ExecuteAsync(
        $"""
        UPDATE "Tasks" SET "IsOpen" = {IsOpenRule}, "CountedJudgments" = "CountedJudgments" + @counted, "LiveLeases" = "LiveLeases" + @leases WHERE "Id" = @task
        """,
        cancellationToken, ("@task", taskId), ("@counted", counted), ("@leases", leases));

    /// <summary>Changes a task's counts so that a place becomes free, and puts it at the end of its line.</summary>
    public static async Task FreeAsync(RlhfHubDbContext db, Guid projectId, Guid taskId, int counted, int leases, CancellationToken cancellationToken)
    {
        var position = await NextPositionAsync(db, projectId, cancellationToken);
        await db.ExecuteAsync(
            $"""
            UPDATE "Tasks" SET "IsOpen" = {IsOpenRule}, "CountedJudgments" = "CountedJudgments" + @counted, "LiveLeases" = "LiveLeases" + @leases, "Position" = @position WHERE "Id" = @task
            """,
            cancellationToken, ("@task", taskId), ("@counted", counted), ("@leases", leases), ("@position", position));
    }

    /// <summary>Ends a lease without an answer: the place goes to the oldest extra judgment, or becomes free.</summary>
    public static async Task LeaveAsync(RlhfHubDbContext db, Guid projectId, Guid taskId, DateTime now, CancellationToken cancellationToken)
    {
        if (await PromoteExtraAsync(db, taskId, Guid.Empty, now, cancellationToken)) await FreeAsync(db, projectId, taskId, counted: 1, leases: -1, cancellationToken);
        else await FreeAsync(db, projectId, taskId, counted: 0, leases: -1, cancellationToken);
    }

    /// <summary>Gives the place of a counted judgment that no longer counts to the oldest extra judgment of another rater; where there is none it becomes free.</summary>
    /// <returns>Whether an extra judgment took the place.</returns>
    public static async Task<bool> VacateAsync(RlhfHubDbContext db, Guid projectId, Guid taskId, Guid raterId, DateTime now, CancellationToken cancellationToken)
    {
        if (await PromoteExtraAsync(db, taskId, raterId, now, cancellationToken)) return true;
        await FreeAsync(db, projectId, taskId, counted: -1, leases: 0, cancellationToken);
        return false;
    }

    private static async Task<bool> PromoteExtraAsync(RlhfHubDbContext db, Guid taskId, Guid butNotOf, DateTime now, CancellationToken cancellationToken)
    {
        var extra = await db.FirstAsync(
            """
            SELECT "Id" FROM "Judgments" WHERE "TaskId" = @task AND "Standing" = @extra AND ("RaterId" IS NULL OR "RaterId" <> @rater) ORDER BY "SubmittedAt", "Id" LIMIT 1
            """,
            row => (Guid?)row.GetGuid(0), cancellationToken, ("@task", taskId), ("@extra", JudgmentStanding.Extra), ("@rater", butNotOf));
        if (extra is null) return false;
        await db.ExecuteAsync(
            """UPDATE "Judgments" SET "Standing" = @counted, "ChangedAt" = @now WHERE "Id" = @judgment""",
            cancellationToken, ("@counted", JudgmentStanding.Counted), ("@now", now), ("@judgment", extra));
        return true;
    }

    /// <summary>Takes back what leases have run out, at most a few hundred at a time so that nobody waits for it.</summary>
    public static async Task ExpireAsync(RlhfHubDbContext db, DateTime now, CancellationToken cancellationToken)
    {
        const int atOnce = 200;
        var expired = await db.QueryAsync(
            """SELECT "Id", "ProjectId", "TaskId" FROM "Assignments" WHERE "State" = @leased AND "LeaseExpiresAt" <= @now ORDER BY "LeaseExpiresAt" LIMIT @limit""",
            row => (Id: row.GetGuid(0), ProjectId: row.GetGuid(1), TaskId: row.GetGuid(2)), cancellationToken,
            ("@leased", AssignmentState.Leased), ("@now", now), ("@limit", atOnce));
        foreach (var (id, projectId, taskId) in expired)
        {
            // Why a reviewer sent it back is still to be read when the rater gets it again.
            await db.ExecuteAsync("""UPDATE "Assignments" SET "State" = @expired WHERE "Id" = @id""", cancellationToken, ("@expired", AssignmentState.Expired), ("@id", id));
            await LeaveAsync(db, projectId, taskId, now, cancellationToken);
        }
    }

    /// <summary>Changes an assignment's state.</summary>
    public static Task SetStateAsync(RlhfHubDbContext db, Guid assignmentId, AssignmentState state, string? reason, CancellationToken cancellationToken) => db.ExecuteAsync(
        """UPDATE "Assignments" SET "State" = @state, "Reason" = @reason WHERE "Id" = @id""",
        cancellationToken, ("@state", state), ("@reason", reason), ("@id", assignmentId));

    /// <summary>Puts an assignment on the rater's desk until <paramref name="expiresAt"/>.</summary>
    public static Task LeaseAsync(RlhfHubDbContext db, Guid assignmentId, DateTime expiresAt, CancellationToken cancellationToken) => db.ExecuteAsync(
        """UPDATE "Assignments" SET "State" = @leased, "LeaseExpiresAt" = @expires WHERE "Id" = @id""",
        cancellationToken, ("@leased", AssignmentState.Leased), ("@expires", expiresAt), ("@id", assignmentId));

    /// <summary>A position behind all others of the project.</summary>
    public static async Task<long> NextPositionAsync(RlhfHubDbContext db, Guid projectId, CancellationToken cancellationToken, int count = 1) => await db.FirstAsync(
        """
        INSERT INTO "QueuePositions" ("ProjectId", "Last") VALUES (@project, @count)
        ON CONFLICT ("ProjectId") DO UPDATE SET "Last" = "QueuePositions"."Last" + @count RETURNING "Last"
        """,
        row => row.GetInt64(0), cancellationToken, ("@project", projectId), ("@count", (long)count));
}
