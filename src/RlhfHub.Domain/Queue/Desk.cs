using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;

namespace RlhfHub.Domain.Queue;

/// <summary>The tasks that a rater's open page holds.</summary>
internal static class Desk
{
    /// <summary>Keeps tasks until <paramref name="until"/>. One whose lease has run out comes back while its task still has a place.</summary>
    /// <returns>Those that are on the desk now.</returns>
    public static async Task<IReadOnlyList<Lease>> KeepAsync(RlhfHubDbContext db, Guid projectId, Guid raterId, IEnumerable<Guid> assignmentIds, DateTime until, CancellationToken cancellationToken)
    {
        var onDesk = await db.FirstAsync(
            """SELECT COUNT(*) FROM "Assignments" WHERE "RaterId" = @rater AND "ProjectId" = @project AND "State" = @leased""",
            row => row.GetInt32(0), cancellationToken, ("@rater", raterId), ("@project", projectId), ("@leased", AssignmentState.Leased));
        List<Lease> leases = [];
        foreach (var id in assignmentIds.Distinct())
        {
            var task = await Submissions.FindAsync(db, projectId, raterId, id, cancellationToken);
            var canComeBack = onDesk < QueueService.MaxOnDesk && task is { State: AssignmentState.Expired } && (task.FreePlaces > 0 || task.Purpose == TaskPurpose.Gold);
            if (task is null || task.State != AssignmentState.Leased && !canComeBack) continue;
            if (canComeBack)
            {
                await Places.TakeAsync(db, task.TaskId, counted: 0, leases: 1, cancellationToken);
                onDesk++;
            }
            await Places.LeaseAsync(db, id, until, cancellationToken);
            leases.Add(new(id, until));
        }
        return leases;
    }
}
