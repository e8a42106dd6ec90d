using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Queue;

/// <summary>Says how much waits for a rater.</summary>
public sealed class WaitingService(IDbContextFactory<RlhfHubDbContext> contexts, Access access)
{
    /// <summary>Where counting a kind ends: whoever has so much to do need not know it more exactly, and counting stays cheap.</summary>
    public const int Most = 1000;

    /// <summary>
    /// What the queue could give the rater now, by kind; kinds that have nothing are left out. Known-answer tasks are not counted, because a number that never falls would tell them apart.
    /// </summary>
    [Requires(Policy.Label, ReadsOnly = true)]
    public async Task<IReadOnlyList<WaitingTasks>> CountAsync(Actor actor, Guid projectId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Label, cancellationToken, readsOnly: true);
        var raterId = actor.Id;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rules = await ProjectRules.ReadAsync(db, projectId);
        var own = await db.ProjectMembers.Where(member => member.ProjectId == projectId && member.PersonId == raterId).Select(member => member.Kinds).FirstOrDefaultAsync(cancellationToken);
        var kinds = own is { Count: > 0 } ? rules.Settings.Kinds.Intersect(own) : rules.Settings.Kinds;

        List<WaitingTasks> counts = [];
        foreach (var kind in kinds)
        {
            var desk = await (
                from assignment in db.Assignments
                join task in db.Tasks on assignment.TaskId equals task.Id
                where assignment.RaterId == raterId && assignment.ProjectId == projectId && task.Kind == kind && task.Purpose != TaskPurpose.Gold
                    && (assignment.State == AssignmentState.Leased || (assignment.State == AssignmentState.Returned && task.IsOpen))
                select assignment.Id).CountAsync(cancellationToken);
            var lines = await db.Tasks
                .Where(task => task.ProjectId == projectId && task.IsOpen && task.Purpose != TaskPurpose.Gold && task.Kind == kind
                    && !db.Assignments.Any(assignment => assignment.TaskId == task.Id && assignment.RaterId == raterId
                        && assignment.State != AssignmentState.Expired && assignment.State != AssignmentState.HandedBack)
                    && !db.TaskResponses.Any(response => response.TaskId == task.Id && response.AuthorId == raterId))
                .Select(task => task.Id).Take(Most).CountAsync(cancellationToken);
            if (desk + lines > 0) counts.Add(new(kind, Math.Min(desk + lines, Most)));
        }
        return counts;
    }
}

/// <summary>How much of a kind waits.</summary>
/// <param name="Kind">What is asked.</param>
/// <param name="Count">How many tasks; <see cref="WaitingService.Most"/> stands for that many or more.</param>
public sealed record WaitingTasks(TaskKind Kind, int Count);
