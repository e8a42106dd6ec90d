using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Queue;
using RlhfHub.Domain.Review;

namespace RlhfHub.Domain.Tests.Queue;

/// <summary>A random day of one project, the same for the same seed: raters take, answer, skip, forget, edit and undo; reviewers send back; and in the end everybody finishes what is left.</summary>
internal sealed class QueueSchedule(TestHub hub, int seed)
{
    private readonly Random random = new(seed);
    private readonly List<Actor> raters = [];
    private readonly Dictionary<Guid, HashSet<Guid>> desks = [];
    private readonly List<(Actor Rater, Guid AssignmentId, string Key, Guid JudgmentId)> receipts = [];
    private readonly List<(Actor Rater, Guid AssignmentId)> seen = [];
    private Guid projectId;
    private Actor reviewer = Actor.Anonymous;
    private int keys;

    /// <summary>Runs the day and checks every account after each step.</summary>
    public async Task RunAsync(int steps = 30)
    {
        projectId = await hub.AddProjectAsync(new ProjectSettings { LeaseMinutes = random.Next(1, 60), GoldShare = random.Next(3) * 0.15, Kinds = [TaskKind.Comparison, TaskKind.Rating] });
        reviewer = await hub.AddMemberAsync(projectId, ProjectRole.Reviewer);
        for (var rater = random.Next(2, 7); rater > 0; rater--) raters.Add(await hub.AddMemberAsync(projectId));
        foreach (var rater in raters) desks[rater.Id] = [];
        for (var task = random.Next(2, 8); task > 0; task--) await AddTaskAsync();

        for (var step = 0; step < steps; step++)
        {
            await StepAsync();
            if (step % 10 == 9) await CheckAccountsAsync($"seed {seed}, step {step}");
        }
        await FinishAsync();
        await CheckAccountsAsync($"seed {seed}, end");
        await CheckEndAsync();
    }

    private Task<LabelingTask> AddTaskAsync()
    {
        var isGold = random.Next(6) == 0;
        return random.Next(3) == 0
            ? hub.AddTaskAsync(projectId, TaskKind.Rating, random.Next(1, raters.Count + 1), 1, priority: random.Next(2))
            : hub.AddTaskAsync(
                projectId, TaskKind.Comparison, random.Next(1, Math.Min(5, raters.Count) + 1), 2, isGold ? TaskPurpose.Gold : TaskPurpose.Training, random.Next(2),
                isGold ? new ComparisonAnswer { Better = 0, Strength = 1 } : null);
    }

    private async Task StepAsync()
    {
        var rater = raters[random.Next(raters.Count)];
        var desk = desks[rater.Id];
        switch (random.Next(14))
        {
            case 0 or 1 or 2 or 3:
                await TakeAsync(rater, random.Next(2) == 0 ? [] : [.. desk.Take(QueueService.MaxOnDesk - 1)]);
                break;
            case 4 or 5 or 6:
                if (desk.Count > 0) await SubmitAsync(rater, Any(desk));
                break;
            case 7:   // an answer that comes late, from a page that was left open
                if (seen.Where(entry => entry.Rater.Id == rater.Id).ToList() is { Count: > 0 } pages) await SubmitAsync(rater, pages[random.Next(pages.Count)].AssignmentId);
                break;
            case 8:
                if (receipts.Count > 0) await RepeatAsync(receipts[random.Next(receipts.Count)]);
                break;
            case 9:
                if (desk.Count > 0)
                {
                    var id = Any(desk);
                    if (random.Next(2) == 0) await hub.Get<QueueService>().SkipAsync(rater, projectId, id, "not mine", default);
                    else await hub.Get<QueueService>().HandBackAsync(rater, projectId, id, default);
                    desk.Remove(id);
                }
                break;
            case 10:
                hub.Time.Advance(TimeSpan.FromMinutes(random.Next(1, 90)));
                break;
            case 11:
                if (receipts.Where(entry => entry.Rater.Id == rater.Id).ToList() is { Count: > 0 } own)
                {
                    var judgment = own[random.Next(own.Count)].JudgmentId;
                    if (random.Next(2) == 0) await hub.Get<LabelingService>().UndoAsync(rater, projectId, judgment, default);
                    else await EditAsync(rater, judgment);
                }
                break;
            case 12:
                if (receipts.Count > 0)
                {
                    var judgment = receipts[random.Next(receipts.Count)].JudgmentId;
                    if (random.Next(3) == 0) await hub.Get<ReviewService>().ApproveAsync(reviewer, projectId, judgment, await RevisionAsync(judgment), default);
                    else await hub.Get<ReviewService>().RejectAsync(reviewer, projectId, judgment, await RevisionAsync(judgment), "Read the guidelines.", default);
                }
                break;
            case 13:
                if (random.Next(4) == 0) await AddTaskAsync();
                else if (desk.Count > 0) await hub.Get<QueueService>().RenewAsync(rater, projectId, [.. desk.Take(QueueService.MaxOnDesk)], default);
                break;
        }
    }

    private async Task<bool> TakeAsync(Actor rater, Guid[] held)
    {
        var next = await hub.Get<QueueService>().NextAsync(rater, projectId, new NextTaskOptions { Held = held }, default);
        if (next.Task is null) return false;
        Assert.DoesNotContain(next.Task.AssignmentId, held);
        desks[rater.Id].Add(next.Task.AssignmentId);
        seen.Add((rater, next.Task.AssignmentId));
        return true;
    }

    private async Task SubmitAsync(Actor rater, Guid assignmentId)
    {
        var key = $"key-{seed}-{keys++:D6}";
        var receipt = await hub.Get<LabelingService>().SubmitAsync(rater, projectId, assignmentId, await AnswerAsync(rater, assignmentId, key), default);
        desks[rater.Id].Remove(assignmentId);
        if (receipt.Outcome != SubmitOutcome.AlreadyAnswered) receipts.Add((rater, assignmentId, key, receipt.JudgmentId));
    }

    private async Task RepeatAsync((Actor Rater, Guid AssignmentId, string Key, Guid JudgmentId) sent)
    {
        var receipt = await hub.Get<LabelingService>().SubmitAsync(sent.Rater, projectId, sent.AssignmentId, await AnswerAsync(sent.Rater, sent.AssignmentId, sent.Key), default);
        Assert.True(receipt.IsRepetition);
        Assert.Equal(sent.JudgmentId, receipt.JudgmentId);
    }

    private async Task<int> RevisionAsync(Guid judgmentId)
    {
        await using var db = await hub.OpenAsync();
        return await db.Judgments.Where(judgment => judgment.Id == judgmentId).Select(judgment => judgment.Revision).SingleAsync();
    }

    private async Task EditAsync(Actor rater, Guid judgmentId)
    {
        await using var db = await hub.OpenAsync();
        var kind = await db.Judgments.Where(judgment => judgment.Id == judgmentId).Select(judgment => judgment.Kind).SingleAsync();
        await hub.Get<LabelingService>().EditAsync(rater, projectId, judgmentId, new Submission { Answer = AnswerOf(kind), ClientKey = $"key-{seed}-{keys++:D6}" }, default);
    }

    private async Task<Submission> AnswerAsync(Actor rater, Guid assignmentId, string key)
    {
        var task = await hub.Get<QueueService>().GetAsync(rater, projectId, assignmentId, default);
        return new Submission { Answer = AnswerOf(task.Kind), ClientKey = key, ActiveMilliseconds = random.Next(60_000) };
    }

    private Answer AnswerOf(TaskKind kind) => kind == TaskKind.Rating
        ? new RatingAnswer { Points = new Dictionary<string, int> { ["Helpfulness"] = random.Next(1, 6), ["Harmlessness"] = random.Next(1, 6), ["Honesty"] = random.Next(1, 6) } }
        : random.Next(4) == 0 ? new ComparisonAnswer() : new ComparisonAnswer { Better = random.Next(2), Strength = random.Next(1, 4) };

    // Everybody takes and answers until nothing is left for anybody.
    private async Task FinishAsync()
    {
        hub.Time.Advance(TimeSpan.FromDays(1));
        foreach (var desk in desks.Values) desk.Clear();
        for (var progressed = true; progressed;)
        {
            progressed = false;
            foreach (var rater in raters)
            {
                if (!await TakeAsync(rater, [])) continue;
                await SubmitAsync(rater, desks[rater.Id].Single());
                progressed = true;
            }
        }
    }

    private async Task CheckAccountsAsync(string when)
    {
        await using var db = await hub.OpenAsync();
        var tasks = await db.Tasks.AsNoTracking().Where(task => task.ProjectId == projectId).ToListAsync();
        var judgments = await db.Judgments.AsNoTracking().Where(judgment => judgment.ProjectId == projectId).ToListAsync();
        var assignments = await db.Assignments.AsNoTracking().Where(assignment => assignment.ProjectId == projectId).ToListAsync();
        foreach (var task in tasks)
        {
            var counted = judgments.Count(judgment => judgment.TaskId == task.Id && judgment.Standing == JudgmentStanding.Counted);
            var leases = assignments.Count(assignment => assignment.TaskId == task.Id && assignment.State == AssignmentState.Leased);
            Assert.True(task.CountedJudgments == counted && task.LiveLeases == leases, $"{when}: the task says {task.CountedJudgments} + {task.LiveLeases}, there are {counted} + {leases}.");
            if (task.Purpose == TaskPurpose.Gold) continue;
            Assert.True(counted + leases <= task.RequiredJudgments, $"{when}: {counted} counted and {leases} leased of {task.RequiredJudgments}.");
            Assert.True(task.IsOpen == counted + leases < task.RequiredJudgments, $"{when}: IsOpen is {task.IsOpen} with {counted} + {leases} of {task.RequiredJudgments}.");
        }
        Assert.Equal(assignments.Count, assignments.DistinctBy(assignment => (assignment.TaskId, assignment.RaterId)).Count());
        Assert.Equal(judgments.Count, judgments.DistinctBy(judgment => (judgment.TaskId, judgment.RaterId)).Count());
    }

    private async Task CheckEndAsync()
    {
        await using var db = await hub.OpenAsync();
        var tasks = await db.Tasks.AsNoTracking().Where(task => task.ProjectId == projectId && task.Purpose != TaskPurpose.Gold).ToListAsync();
        var assignments = await db.Assignments.AsNoTracking().Where(assignment => assignment.ProjectId == projectId).ToListAsync();
        foreach (var task in tasks)
        {
            var extras = await db.Judgments.CountAsync(judgment => judgment.TaskId == task.Id && judgment.Standing == JudgmentStanding.Extra);
            Assert.True(extras == 0 || task.CountedJudgments == task.RequiredJudgments, $"seed {seed}: {extras} extra judgments lie unused while the task has {task.CountedJudgments} of {task.RequiredJudgments}.");
            // Short of k only where everybody who has not answered has passed the task on, or lets lie what was sent back and would find no place.
            var missing = task.RequiredJudgments - task.CountedJudgments;
            var eligible = raters.Count(rater => !assignments.Any(assignment =>
                assignment.TaskId == task.Id && assignment.RaterId == rater.Id && assignment.State is AssignmentState.Submitted or AssignmentState.Skipped or AssignmentState.Withdrawn));
            Assert.True(missing == 0 || eligible == 0, $"seed {seed}: {missing} of {task.RequiredJudgments} are missing while {eligible} raters could do it.");
        }
        foreach (var rater in raters)
        {
            var shown = assignments.Where(assignment => assignment.RaterId == rater.Id && assignment.DisplayOrder.Length == 2).ToList();
            var balance = shown.Count(assignment => assignment.DisplayOrder == "01") - shown.Count(assignment => assignment.DisplayOrder == "10");
            Assert.True(Math.Abs(balance) <= 1, $"seed {seed}: a rater saw one order {balance} times more often.");
        }
        foreach (var (_, _, key, judgmentId) in receipts)
            Assert.True(await db.JudgmentRevisions.CountAsync(revision => revision.ClientKey == key && revision.JudgmentId == judgmentId) == 1, $"seed {seed}: the acknowledged answer {key} is not there once.");
    }

    private Guid Any(HashSet<Guid> desk) => desk.ElementAt(random.Next(desk.Count));
}
