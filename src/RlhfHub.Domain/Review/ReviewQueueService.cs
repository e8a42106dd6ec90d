using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;

namespace RlhfHub.Domain.Review;

/// <summary>Says what waits for a reviewer: submissions that nobody has looked at, and tasks whose raters disagree. What was imported is no submission, and nobody reviews their own.</summary>
public sealed class ReviewQueueService(IDbContextFactory<RlhfHubDbContext> contexts, Access access)
{
    /// <summary>Where counting ends.</summary>
    public const int Most = 1000;

    // Of how many of the newest tasks with several judgments the answers are compared.
    private const int ComparedTasks = 500;

    /// <summary>How much waits, counted up to <see cref="Most"/>.</summary>
    [Requires(Policy.Review, ReadsOnly = true)]
    public async Task<ReviewWaiting> CountAsync(Actor actor, Guid projectId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Review, cancellationToken, readsOnly: true);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var submissions = await Unreviewed(db, actor.Id, projectId, new ReviewFilter()).Select(judgment => judgment.Id).Take(Most).CountAsync(cancellationToken);
        return new(submissions, (await FindDisagreementsAsync(db, actor.Id, projectId, cancellationToken)).Count);
    }

    /// <summary>Submissions that nobody has reviewed, the oldest first.</summary>
    [Requires(Policy.Review, ReadsOnly = true)]
    public async Task<Page<WaitingSubmission>> ListAsync(Actor actor, Guid projectId, ReviewFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Review, cancellationToken, readsOnly: true);
        RequestValidation.Validate(filter);
        RequestValidation.Validate(page);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var waiting = Unreviewed(db, actor.Id, projectId, filter);
        if (page.After is { } after)
        {
            var since = await db.Judgments.Where(judgment => judgment.Id == after && judgment.ProjectId == projectId).Select(judgment => judgment.SubmittedAt).SingleOrDefaultAsync(cancellationToken);
            waiting = waiting.Where(judgment => judgment.SubmittedAt > since || (judgment.SubmittedAt == since && judgment.Id.CompareTo(after) > 0));
        }
        var rows = await (
            from judgment in waiting
            join person in db.Users on judgment.RaterId equals person.Id
            orderby judgment.SubmittedAt, judgment.Id
            select new WaitingSubmission(judgment.Id, judgment.TaskId, judgment.RaterId!.Value, person.DisplayName, judgment.Kind, judgment.Purpose, judgment.SubmittedAt)).Take(page.Limit + 1).ToListAsync(cancellationToken);
        return page.Cut(rows, submission => submission.JudgmentId);
    }

    /// <summary>Tasks that the reviewer can settle because their counted judgments contradict each other, the newest first.</summary>
    [Requires(Policy.Review, ReadsOnly = true)]
    public async Task<IReadOnlyList<Disagreement>> DisagreementsAsync(Actor actor, Guid projectId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Review, cancellationToken, readsOnly: true);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await FindDisagreementsAsync(db, actor.Id, projectId, cancellationToken);
    }

    /// <summary>Who has submissions that wait, by name.</summary>
    [Requires(Policy.Review, ReadsOnly = true)]
    public async Task<IReadOnlyList<WaitingRater>> RatersAsync(Actor actor, Guid projectId, CancellationToken cancellationToken)
    {
        await access.RequireAsync(actor, projectId, Policy.Review, cancellationToken, readsOnly: true);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var raters = Unreviewed(db, actor.Id, projectId, new ReviewFilter()).Select(judgment => judgment.RaterId).Distinct();
        return await db.Users.Where(person => raters.Contains(person.Id)).OrderBy(person => person.DisplayName).Select(person => new WaitingRater(person.Id, person.DisplayName)).ToListAsync(cancellationToken);
    }

    private static IQueryable<Judgment> Unreviewed(RlhfHubDbContext db, Guid reviewerId, Guid projectId, ReviewFilter filter) => db.Judgments.AsNoTracking().Where(judgment =>
        judgment.ProjectId == projectId && judgment.Review == ReviewState.Submitted && judgment.RaterId != null && judgment.RaterId != reviewerId
        && (judgment.Standing == JudgmentStanding.Counted || judgment.Standing == JudgmentStanding.Extra)
        && (filter.Kind == null || judgment.Kind == filter.Kind) && (filter.Purpose == null || judgment.Purpose == filter.Purpose) && (filter.RaterId == null || judgment.RaterId == filter.RaterId));

    private static async Task<List<Disagreement>> FindDisagreementsAsync(RlhfHubDbContext db, Guid reviewerId, Guid projectId, CancellationToken cancellationToken)
    {
        var tasks = db.Tasks.Where(task => task.ProjectId == projectId && task.CountedJudgments > 1 && task.Purpose != TaskPurpose.Gold && task.Kind != TaskKind.Demonstration && task.Kind != TaskKind.Chat
                && !db.Judgments.Any(judgment => judgment.TaskId == task.Id && (judgment.Standing == JudgmentStanding.Settling || judgment.RaterId == reviewerId))
                && !db.Assignments.Any(assignment => assignment.TaskId == task.Id && assignment.RaterId == reviewerId && assignment.State == AssignmentState.Leased))
            .OrderByDescending(task => task.Id).Select(task => task.Id).Take(ComparedTasks);
        var answers = await (
            from judgment in db.Judgments
            join revision in db.JudgmentRevisions on new { judgment.Id, Number = judgment.Revision } equals new { Id = revision.JudgmentId, revision.Number }
            where tasks.Contains(judgment.TaskId) && judgment.Standing == JudgmentStanding.Counted
            select new { judgment.Id, judgment.TaskId, judgment.Kind, revision.Answer }).AsNoTracking().ToListAsync(cancellationToken);
        return [.. from answer in answers
                   group answer by (answer.TaskId, answer.Kind) into task
                   where Contradict([.. task.Select(answer => answer.Answer).Where(answer => !answer.CannotJudge)])
                   orderby task.Key.TaskId descending
                   select new Disagreement(task.Key.TaskId, task.Key.Kind, [.. task.Select(answer => answer.Id).Order()])];
    }

    // By the measure of known answers: a strength or a point more is no disagreement.
    private static bool Contradict(IReadOnlyList<Answer> answers) => answers.Any(one => answers.Any(other => GoldCheck.Matches(one, other) == false));
}

/// <summary>Which submissions are asked for.</summary>
public sealed record ReviewFilter
{
    /// <summary>Only of this kind.</summary>
    [EnumDataType(typeof(TaskKind))]
    public TaskKind? Kind { get; init; }

    /// <summary>Only of tasks for this.</summary>
    [EnumDataType(typeof(TaskPurpose))]
    public TaskPurpose? Purpose { get; init; }

    /// <summary>Only this rater's.</summary>
    public Guid? RaterId { get; init; }
}

/// <summary>How much waits for a reviewer.</summary>
/// <param name="Submissions">Submissions that nobody has reviewed; <see cref="ReviewQueueService.Most"/> stands for that many or more.</param>
/// <param name="Disagreements">Tasks whose raters disagree.</param>
public sealed record ReviewWaiting(int Submissions, int Disagreements);

/// <summary>A submission that waits to be reviewed.</summary>
/// <param name="JudgmentId">The judgment.</param>
/// <param name="TaskId">Its task.</param>
/// <param name="RaterId">Who made it.</param>
/// <param name="Rater">The rater's name.</param>
/// <param name="Kind">What was asked.</param>
/// <param name="Purpose">What for.</param>
/// <param name="SubmittedAt">When, in UTC.</param>
public sealed record WaitingSubmission(Guid JudgmentId, Guid TaskId, Guid RaterId, string Rater, TaskKind Kind, TaskPurpose Purpose, DateTime SubmittedAt);

/// <summary>Somebody whose submissions wait.</summary>
/// <param name="Id">The person.</param>
/// <param name="Name">The name.</param>
public sealed record WaitingRater(Guid Id, string Name);

/// <summary>A task whose raters disagree.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Kind">What was asked.</param>
/// <param name="JudgmentIds">The counted judgments, oldest first.</param>
public sealed record Disagreement(Guid TaskId, TaskKind Kind, IReadOnlyList<Guid> JudgmentIds);
