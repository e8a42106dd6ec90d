using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;

namespace RlhfHub.Domain.Queue;

/// <summary>
/// Finds and hands out a rater's next task: what already lies on the rater's desk, then what a reviewer sent back, then the first of the lines. Which purpose is tried first is drawn by the project's shares; within a
/// purpose the highest priority comes first, and within that what has waited longest.
/// </summary>
internal sealed class NextTask(QueueCursors cursors, Random random)
{
    private readonly List<(Guid RaterId, QueueLine Line, long Position)> moves = [];

    /// <summary>Remembers how far the rater has come. Only after the commit: of a transaction that is undone the positions are given out again.</summary>
    public void KeepCursors()
    {
        foreach (var (rater, line, position) in moves) cursors.MoveTo(rater, line, position);
    }

    /// <summary>Hands out one task inside the caller's write transaction.</summary>
    public async Task<HandOut> HandOutAsync(RlhfHubDbContext db, NextTaskRequest request, CancellationToken cancellationToken)
    {
        // In this order: what ran out elsewhere may free the place of a task that this page still shows.
        await Places.ExpireAsync(db, request.Now, cancellationToken);
        // A page that asks for more is alive, and must not be given again what it shows.
        await Desk.KeepAsync(db, request.ProjectId, request.RaterId, request.Held, request.LeaseEnd, cancellationToken);
        var (onDesk, waiting) = await FromDeskAsync(db, request, cancellationToken);
        if (waiting is not null) return new(waiting, false);
        if (onDesk >= QueueService.MaxOnDesk) return new(null, true);
        return new(await ReturnedAsync(db, request, cancellationToken) ?? await FromLinesAsync(db, request, cancellationToken), false);
    }

    private static async Task<(int OnDesk, Guid? Waiting)> FromDeskAsync(RlhfHubDbContext db, NextTaskRequest request, CancellationToken cancellationToken)
    {
        var desk = await db.QueryAsync(
            """
            SELECT a."Id", t."Kind" FROM "Assignments" a JOIN "Tasks" t ON t."Id" = a."TaskId"
            WHERE a."RaterId" = @rater AND a."ProjectId" = @project AND a."State" = @leased ORDER BY a."HandedOutAt", a."Id"
            """,
            row => (Id: row.GetGuid(0), Kind: (TaskKind)row.GetInt32(1)), cancellationToken,
            ("@rater", request.RaterId), ("@project", request.ProjectId), ("@leased", AssignmentState.Leased));
        foreach (var (id, kind) in desk)
        {
            if (request.Held.Contains(id) || !request.Kinds.Contains(kind)) continue;
            await Places.LeaseAsync(db, id, request.LeaseEnd, cancellationToken);
            return (desk.Count, id);
        }
        return (desk.Count, null);
    }

    private static async Task<Guid?> ReturnedAsync(RlhfHubDbContext db, NextTaskRequest request, CancellationToken cancellationToken)
    {
        var returned = await db.QueryAsync(
            """
            SELECT a."Id", a."TaskId", t."Kind" FROM "Assignments" a JOIN "Tasks" t ON t."Id" = a."TaskId"
            WHERE a."RaterId" = @rater AND a."ProjectId" = @project AND a."State" = @returned AND t."IsOpen" = TRUE ORDER BY a."HandedOutAt", a."Id"
            """,
            row => (Id: row.GetGuid(0), TaskId: row.GetGuid(1), Kind: (TaskKind)row.GetInt32(2)), cancellationToken,
            ("@rater", request.RaterId), ("@project", request.ProjectId), ("@returned", AssignmentState.Returned));
        foreach (var (id, taskId, kind) in returned)
        {
            if (!request.Kinds.Contains(kind)) continue;
            await Places.LeaseAsync(db, id, request.LeaseEnd, cancellationToken);
            await Places.TakeAsync(db, taskId, counted: 0, leases: 1, cancellationToken);
            return id;
        }
        return null;
    }

    private async Task<Guid?> FromLinesAsync(RlhfHubDbContext db, NextTaskRequest request, CancellationToken cancellationToken)
    {
        var (isGold, purposes) = Draw(request);
        Candidate? best = null;
        foreach (var purpose in purposes)
            if ((best = await BestAsync(db, request, purpose, cancellationToken)) is not null) break;
        // Gold takes the place of another task and is never given for want of one: what comes out of an empty queue would be known for gold.
        if (best is null) return null;
        if (isGold) best = await BestAsync(db, request, TaskPurpose.Gold, cancellationToken) ?? best;
        return await AssignAsync(db, request, best, cancellationToken);
    }

    private async Task<Candidate?> BestAsync(RlhfHubDbContext db, NextTaskRequest request, TaskPurpose purpose, CancellationToken cancellationToken)
    {
        Candidate? best = null;
        foreach (var kind in request.Kinds)
        {
            var candidate = await FirstAsync(db, request, purpose, kind, cancellationToken);
            if (candidate is not null && (best is null || candidate.ComesBefore(best))) best = candidate;
        }
        return best;
    }

    /// <summary>Whether a gold task is due, and the other purposes in the order in which they are tried: one drawn by its share, then the rest.</summary>
    private (bool IsGold, List<TaskPurpose> Purposes) Draw(NextTaskRequest request)
    {
        var draw = random.NextDouble();
        var first = draw < request.GoldShare || draw >= request.GoldShare + request.AuditShare ? TaskPurpose.Training : TaskPurpose.Audit;
        if (first == TaskPurpose.Training && random.NextDouble() < 0.5) first = TaskPurpose.Evaluation;   // evaluation and training take turns
        List<TaskPurpose> order = [TaskPurpose.Training, TaskPurpose.Evaluation, TaskPurpose.Audit];
        order.Remove(first);
        order.Insert(0, first);
        return (draw < request.GoldShare, order);
    }

    /// <summary>The first task of a purpose and kind that the rater may get, from the highest priority down.</summary>
    private async Task<Candidate?> FirstAsync(RlhfHubDbContext db, NextTaskRequest request, TaskPurpose purpose, TaskKind kind, CancellationToken cancellationToken)
    {
        (string, object?)[] lane = [("@project", request.ProjectId), ("@purpose", purpose), ("@kind", kind)];
        var below = (long)int.MaxValue + 1;
        while (true)
        {
            var priority = await db.FirstAsync(
                """SELECT MAX("Priority") FROM "Tasks" WHERE "ProjectId" = @project AND "IsOpen" = TRUE AND "Purpose" = @purpose AND "Kind" = @kind AND "Priority" < @below""",
                row => row.IsDBNull(0) ? (int?)null : row.GetInt32(0), cancellationToken, [.. lane, ("@below", below)]);
            if (priority is null) return null;

            var line = new QueueLine(request.ProjectId, purpose, kind, priority.Value);
            // A returned or skipped task is not offered here; an expired or unseen one is.
            var found = await db.FirstAsync(
                """
                SELECT t."Id", t."Position", t."OrderGroup", (SELECT COUNT(*) FROM "TaskResponses" c WHERE c."TaskId" = t."Id") FROM "Tasks" t
                WHERE t."ProjectId" = @project AND t."IsOpen" = TRUE AND t."Purpose" = @purpose AND t."Kind" = @kind AND t."Priority" = @priority AND t."Position" > @cursor
                  AND NOT EXISTS (SELECT 1 FROM "Assignments" a WHERE a."TaskId" = t."Id" AND a."RaterId" = @rater AND a."State" NOT IN (@expired, @handedBack))
                  AND NOT EXISTS (SELECT 1 FROM "Judgments" j WHERE j."TaskId" = t."Id" AND j."RaterId" = @rater AND j."Review" = @adjudicated)
                  AND NOT EXISTS (SELECT 1 FROM "TaskResponses" r WHERE r."TaskId" = t."Id" AND r."AuthorId" = @rater)
                ORDER BY t."Position" LIMIT 1
                """,
                row => new Candidate(row.GetGuid(0), row.GetGuid(2), row.GetInt32(3), priority.Value, row.GetInt64(1)), cancellationToken,
                [.. lane, ("@priority", priority), ("@cursor", cursors.Of(request.RaterId, line)), ("@rater", request.RaterId),
                    ("@expired", AssignmentState.Expired), ("@handedBack", AssignmentState.HandedBack), ("@adjudicated", ReviewState.Adjudicated)]);
            if (found is not null)
            {
                moves.Add((request.RaterId, line, found.Position - 1));
                return found;
            }
            var last = await db.FirstAsync("""SELECT "Last" FROM "QueuePositions" WHERE "ProjectId" = @project""", row => row.GetInt64(0), cancellationToken, ("@project", request.ProjectId));
            moves.Add((request.RaterId, line, last));
            below = priority.Value;
        }
    }

    private async Task<Guid> AssignAsync(RlhfHubDbContext db, NextTaskRequest request, Candidate task, CancellationToken cancellationToken)
    {
        await Places.TakeAsync(db, task.Id, counted: 0, leases: 1, cancellationToken);
        var earlier = await db.FirstAsync(
            """SELECT "Id" FROM "Assignments" WHERE "TaskId" = @task AND "RaterId" = @rater""", row => (Guid?)row.GetGuid(0), cancellationToken, ("@task", task.Id), ("@rater", request.RaterId));
        if (earlier is not null)
        {
            await Places.LeaseAsync(db, earlier.Value, request.LeaseEnd, cancellationToken);
            return earlier.Value;
        }
        var id = Guid.CreateVersion7(request.Now);
        var order = await DisplayOrder.DrawAsync(db, request.ProjectId, request.RaterId, task.OrderGroup, task.Responses, random, cancellationToken);
        await db.ExecuteAsync(
            """
            INSERT INTO "Assignments" ("Id", "ProjectId", "TaskId", "RaterId", "State", "HandedOutAt", "LeaseExpiresAt", "DisplayOrder")
            VALUES (@id, @project, @task, @rater, @leased, @now, @expires, @order)
            """,
            cancellationToken, ("@id", id), ("@project", request.ProjectId), ("@task", task.Id), ("@rater", request.RaterId),
            ("@leased", AssignmentState.Leased), ("@now", request.Now), ("@expires", request.LeaseEnd), ("@order", order));
        return id;
    }

    private sealed record Candidate(Guid Id, Guid OrderGroup, int Responses, int Priority, long Position)
    {
        public bool ComesBefore(Candidate other) => Priority != other.Priority ? Priority > other.Priority : Position < other.Position;
    }
}

/// <summary>What was handed out.</summary>
/// <param name="AssignmentId">The assignment; null when nothing waits for this rater.</param>
/// <param name="DeskIsFull">Whether the rater has as many tasks as one may have.</param>
internal sealed record HandOut(Guid? AssignmentId, bool DeskIsFull);

/// <summary>What the queue must know to hand out a task.</summary>
internal sealed record NextTaskRequest
{
    public required Guid ProjectId { get; init; }

    public required Guid RaterId { get; init; }

    /// <summary>The kinds that the rater gets.</summary>
    public required IReadOnlyList<TaskKind> Kinds { get; init; }

    /// <summary>Assignments that the rater's page already has.</summary>
    public required IReadOnlySet<Guid> Held { get; init; }

    public required double GoldShare { get; init; }

    public required double AuditShare { get; init; }

    public required DateTime Now { get; init; }

    public required DateTime LeaseEnd { get; init; }
}
