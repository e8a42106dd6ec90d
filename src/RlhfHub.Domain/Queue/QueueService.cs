using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Queue;

/// <summary>Hands tasks out and takes them back unanswered.</summary>
public sealed class QueueService(
    IDbContextFactory<RlhfHubDbContext> contexts, WriteTransactions writes, Access access, TaskReader tasks, QueueCursors cursors, Random random, TimeProvider time)
{
    /// <summary>How many tasks a rater may have on the desk at once; pages fetch ahead.</summary>
    public const int MaxOnDesk = 5;

    /// <summary>Gives the rater the next task and keeps it for them while the lease runs.</summary>
    /// <exception cref="InvalidRequestException">The request asks for a kind that the project or the rater does not have.</exception>
    [Requires(Policy.Label)]
    public async Task<NextTaskResult> NextAsync(Actor actor, Guid projectId, NextTaskOptions options, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Label, cancellationToken);
        RequestValidation.Validate(options);
        var (rules, kinds) = await KindsAsync(actor.Id, projectId, options.Kind, cancellationToken);

        var now = time.GetUtcNow().UtcDateTime;
        var request = new NextTaskRequest
        {
            ProjectId = projectId,
            RaterId = actor.Id,
            Kinds = kinds,
            Held = options.Held.ToHashSet(),
            GoldShare = rules.Settings.GoldShare,
            AuditShare = rules.Settings.AuditShare,
            Now = now,
            LeaseEnd = now.AddMinutes(rules.Settings.LeaseMinutes),
        };
        var next = new NextTask(cursors, random);
        // A lease that a power cut takes is given anew; nobody should wait for the disk to read on.
        var (assignmentId, isFull) = await writes.RunForgettableAsync(db => next.HandOutAsync(db, request, cancellationToken), cancellationToken);
        next.KeepCursors();
        if (isFull) return new(NextTaskOutcome.DeskIsFull, null);
        return assignmentId is null ? new(NextTaskOutcome.NothingWaits, null) : new(NextTaskOutcome.Found, await tasks.ReadAsync(projectId, actor.Id, assignmentId.Value, cancellationToken));
    }

    /// <summary>A task that the rater has or had.</summary>
    [Requires(Policy.Label, ReadsOnly = true)]
    public async Task<TaskView> GetAsync(Actor actor, Guid projectId, Guid assignmentId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Label, cancellationToken, readsOnly: true);
        return await tasks.ReadAsync(projectId, actor.Id, assignmentId, cancellationToken) ?? throw AccessException.NotFound("task of yours", assignmentId);
    }

    /// <summary>Keeps tasks longer: an open page calls this now and then. One whose lease has run out is given again while the task still has a place.</summary>
    /// <returns>The tasks that the rater has, and until when; those missing went to others, and an answer to them would be extra.</returns>
    [Requires(Policy.Label)]
    public async Task<IReadOnlyList<Lease>> RenewAsync(Actor actor, Guid projectId, IReadOnlyList<Guid> assignmentIds, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Label, cancellationToken);
        if (assignmentIds.Count > MaxOnDesk) throw new InvalidRequestException("assignmentIds", $"At most {MaxOnDesk} tasks are on a desk; {assignmentIds.Count} were named.");
        var now = time.GetUtcNow().UtcDateTime;
        return await writes.RunForgettableAsync(
            async db =>
            {
                var rules = await ProjectRules.ReadAsync(db, projectId);
                var until = now.AddMinutes(rules.Settings.LeaseMinutes);
                return await Desk.KeepAsync(db, projectId, actor.Id, assignmentIds, until, cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>Passes a task on, for good: the rater is not asked again.</summary>
    /// <exception cref="InvalidRequestException">There is no reason, or it is too long.</exception>
    [Requires(Policy.Label)]
    public async Task<GiveUpOutcome> SkipAsync(Actor actor, Guid projectId, Guid assignmentId, string reason, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Label, cancellationToken);
        if (string.IsNullOrWhiteSpace(reason) || reason.Length > 1000) throw new InvalidRequestException("reason", "Say in 1 to 1,000 characters why you skip this task.");
        return await GiveUpAsync(actor, projectId, assignmentId, AssignmentState.Skipped, reason.Trim(), cancellationToken);
    }

    /// <summary>Puts a task back unanswered; the rater may get it again.</summary>
    [Requires(Policy.Label)]
    public async Task<GiveUpOutcome> HandBackAsync(Actor actor, Guid projectId, Guid assignmentId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Label, cancellationToken);
        return await GiveUpAsync(actor, projectId, assignmentId, AssignmentState.HandedBack, null, cancellationToken);
    }

    private Task<GiveUpOutcome> GiveUpAsync(Actor actor, Guid projectId, Guid assignmentId, AssignmentState state, string? reason, CancellationToken cancellationToken) => writes.RunAsync(
        async db =>
        {
            var task = await Submissions.FindAsync(db, projectId, actor.Id, assignmentId, cancellationToken) ?? throw AccessException.NotFound("task of yours", assignmentId);
            if (task.State == state) return GiveUpOutcome.Done;
            if (task.State == AssignmentState.Submitted) return GiveUpOutcome.AlreadyAnswered;
            // What has run out or was taken back already lies in the queue; a skip still says that the rater is not to be asked again.
            if (task.State != AssignmentState.Leased && state == AssignmentState.HandedBack) return GiveUpOutcome.Done;
            // An answer that was sent back stays the rater's own to mend: skipping lets it lie.
            await Places.SetStateAsync(db, assignmentId, state, reason, cancellationToken);
            if (task.State == AssignmentState.Leased) await Places.LeaveAsync(db, projectId, task.TaskId, time.GetUtcNow().UtcDateTime, cancellationToken);
            return GiveUpOutcome.Done;
        },
        cancellationToken);

    private async Task<(ProjectRules Rules, IReadOnlyList<TaskKind> Kinds)> KindsAsync(Guid raterId, Guid projectId, TaskKind? wanted, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rules = await ProjectRules.ReadAsync(db, projectId);
        var own = await MemberKinds(db, projectId, raterId);
        var kinds = own is { Count: > 0 } ? rules.Settings.Kinds.Intersect(own).ToList() : [.. rules.Settings.Kinds];
        if (wanted is null) return (rules, kinds);
        if (!kinds.Contains(wanted.Value))
            throw new InvalidRequestException("kind", $"You get no {wanted.Value.ToString().ToLowerInvariant()} tasks here, but {string.Join(", ", kinds.Select(kind => kind.ToString().ToLowerInvariant()))}.");
        return (rules, [wanted.Value]);
    }

    private static readonly Func<RlhfHubDbContext, Guid, Guid, Task<IReadOnlyList<TaskKind>?>> MemberKinds = EF.CompileAsyncQuery((RlhfHubDbContext db, Guid projectId, Guid raterId) =>
        db.ProjectMembers.Where(member => member.ProjectId == projectId && member.PersonId == raterId).Select(member => member.Kinds).FirstOrDefault());
}
