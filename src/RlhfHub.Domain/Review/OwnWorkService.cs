using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Review;

/// <summary>Shows raters their own work.</summary>
public sealed class OwnWorkService(IDbContextFactory<RlhfHubDbContext> contexts, Access access, TimeProvider time)
{
    /// <summary>How many days are shown, today among them.</summary>
    public const int Days = 30;

    /// <summary>What the person did in the last <see cref="Days"/> days, taken-back answers left out, and how often it agreed with known answers if the project shows that.</summary>
    [Requires(Policy.Label, ReadsOnly = true)]
    public async Task<OwnWork> GetAsync(Actor actor, Guid projectId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Label, cancellationToken, readsOnly: true);
        var raterId = actor.Id;
        var since = time.GetUtcNow().UtcDateTime.Date.AddDays(1 - Days);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await (
            from judgment in db.Judgments
            join revision in db.JudgmentRevisions on judgment.Id equals revision.JudgmentId
            where judgment.RaterId == raterId && judgment.ProjectId == projectId && judgment.SubmittedAt >= since && judgment.Standing != JudgmentStanding.Withdrawn && revision.AuthorId == raterId
            select new { judgment.Id, judgment.Kind, judgment.SubmittedAt, revision.ActiveMilliseconds }).ToListAsync(cancellationToken);
        var days = from row in rows
                   group row by (Day: DateOnly.FromDateTime(row.SubmittedAt), row.Kind) into work
                   orderby work.Key.Day descending, work.Key.Kind
                   select new WorkOfDay(work.Key.Day, work.Key.Kind, work.Select(row => row.Id).Distinct().Count(), work.Sum(row => (long)row.ActiveMilliseconds));
        return new([.. days], await AgreementAsync(db, raterId, projectId, cancellationToken));
    }

    private static async Task<GoldAgreement?> AgreementAsync(RlhfHubDbContext db, Guid raterId, Guid projectId, CancellationToken cancellationToken)
    {
        if (!(await ProjectRules.ReadAsync(db, projectId)).Settings.ShowsGoldAgreement) return null;
        var measured = db.Judgments.Where(judgment => judgment.RaterId == raterId && judgment.ProjectId == projectId && judgment.MatchesGold != null && judgment.Standing != JudgmentStanding.Withdrawn);
        return new(await measured.CountAsync(judgment => judgment.MatchesGold == true, cancellationToken), await measured.CountAsync(cancellationToken));
    }
}

/// <summary>What somebody did in a project.</summary>
/// <param name="Days">By day and kind, the newest day first; days without work are left out.</param>
/// <param name="Agreement">How often they agreed with known answers; null when the project does not show it.</param>
public sealed record OwnWork(IReadOnlyList<WorkOfDay> Days, GoldAgreement? Agreement);

/// <summary>The work of a day on tasks of a kind.</summary>
/// <param name="Day">The day, in UTC.</param>
/// <param name="Kind">What was asked.</param>
/// <param name="Judgments">How many answers stand.</param>
/// <param name="ActiveMilliseconds">How long they took without pauses, later edits by the same person included.</param>
public sealed record WorkOfDay(DateOnly Day, TaskKind Kind, int Judgments, long ActiveMilliseconds);

/// <summary>First answers compared with known ones.</summary>
/// <param name="Agreeing">How many agreed.</param>
/// <param name="Measured">Of how many.</param>
public sealed record GoldAgreement(int Agreeing, int Measured);
