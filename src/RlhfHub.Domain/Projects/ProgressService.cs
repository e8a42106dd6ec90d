using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Datasets.Imports;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;

namespace RlhfHub.Domain.Projects;

/// <summary>Says how a project stands, for those who run it.</summary>
public sealed class ProgressService(IDbContextFactory<RlhfHubDbContext> contexts, Access access, TimeProvider time)
{
    /// <summary>Where counting ends.</summary>
    public const int Most = 10_000;

    /// <summary>What is there, what is missing, and what happened today (in UTC).</summary>
    [Requires(Policy.Manage, ReadsOnly = true)]
    public async Task<ProjectProgress> GetAsync(Actor actor, Guid projectId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Manage, cancellationToken, readsOnly: true);
        var now = time.GetUtcNow().UtcDateTime;
        var (today, personId) = (now.Date, actor.Id);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return new(
            HasGuidelines: await db.Guidelines.AnyAsync(guidelines => guidelines.ProjectId == projectId, cancellationToken),
            HasPeople: await db.ProjectMembers.AnyAsync(member => member.ProjectId == projectId && member.PersonId != personId, cancellationToken)
                || await db.Invitations.AnyAsync(invitation => invitation.ProjectId == projectId && invitation.RevokedAt == null && invitation.ExpiresAt > now, cancellationToken),
            HasPrompts: await db.Prompts.AnyAsync(prompt => prompt.ProjectId == projectId, cancellationToken),
            HasTasks: await db.Tasks.AnyAsync(task => task.ProjectId == projectId, cancellationToken),
            OpenTasks: await db.Tasks.Where(task => task.ProjectId == projectId && task.IsOpen && task.Purpose != TaskPurpose.Gold).Select(task => task.Id).Take(Most).CountAsync(cancellationToken),
            JudgmentsToday: await CountSinceAsync(db, projectId, today, cancellationToken),
            RunningImports: await db.DatasetImports.CountAsync(import => import.State == ImportState.Queued && import.ProjectId == projectId, cancellationToken));
    }

    // By review state, because the index on time begins with it.
    private static async Task<int> CountSinceAsync(RlhfHubDbContext db, Guid projectId, DateTime since, CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var review in Enum.GetValues<ReviewState>())
        {
            count += await db.Judgments.Where(judgment => judgment.ProjectId == projectId && judgment.Review == review && judgment.SubmittedAt >= since && judgment.RaterId != null
                && judgment.Standing != JudgmentStanding.Withdrawn).Select(judgment => judgment.Id).Take(Most).CountAsync(cancellationToken);
        }
        return Math.Min(count, Most);
    }
}

/// <summary>How a project stands.</summary>
/// <param name="HasGuidelines">Whether guidelines are written.</param>
/// <param name="HasPeople">Whether anybody but the person who asks belongs to it or is invited.</param>
/// <param name="HasPrompts">Whether there are prompts.</param>
/// <param name="HasTasks">Whether there are tasks.</param>
/// <param name="OpenTasks">Tasks that ask for more judgments, known-answer tasks left out; <see cref="ProgressService.Most"/> stands for that many or more.</param>
/// <param name="JudgmentsToday">Judgments of today, in UTC.</param>
/// <param name="RunningImports">Imports that run or wait to.</param>
public sealed record ProjectProgress(bool HasGuidelines, bool HasPeople, bool HasPrompts, bool HasTasks, int OpenTasks, int JudgmentsToday, int RunningImports)
{
    /// <summary>Whether raters have something to do.</summary>
    public bool IsSetUp => HasGuidelines && HasPeople && HasPrompts && HasTasks;
}
