using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Review;
using RlhfHub.Domain.Tests.Labeling;

namespace RlhfHub.Domain.Tests.Review;

public sealed class ReviewQueueServiceTests : IAsyncLifetime
{
    private TestHub hub = null!;
    private Guid projectId;
    private Labeler ada = null!, ben = null!;
    private Actor reviewer = Actor.Anonymous;

    [Fact]
    public async Task ListAsync_SubmissionsOfTwoRaters_OldestFirstAndPageByPage()
    {
        List<Guid> made = [];
        for (var task = 0; task < 5; task++)
        {
            await hub.AddTaskAsync(projectId);
            made.Add((await (task % 2 == 0 ? ada : ben).LabelAsync()).JudgmentId);
            hub.Time.Advance(TimeSpan.FromMinutes(1));
        }

        var first = await ListAsync(new(), new PageRequest { Limit = 2 });
        var second = await ListAsync(new(), new PageRequest { Limit = 2, After = first.Next });
        var third = await ListAsync(new(), new PageRequest { Limit = 2, After = second.Next });

        Assert.Equal(made, first.Items.Concat(second.Items).Concat(third.Items).Select(submission => submission.JudgmentId));
        Assert.Null(third.Next);
        Assert.Equal(2, (await ListAsync(new ReviewFilter { RaterId = ben.Actor.Id })).Items.Count);
        Assert.Empty((await ListAsync(new ReviewFilter { Kind = TaskKind.Rating })).Items);
        Assert.Empty((await ListAsync(new ReviewFilter { Purpose = TaskPurpose.Audit })).Items);
        Assert.Equal(2, (await hub.Get<ReviewQueueService>().RatersAsync(reviewer, projectId, default)).Count);
    }

    [Fact]
    public async Task ListAsync_ReviewedWithdrawnOrOwn_AreLeftOut()
    {
        for (var task = 0; task < 3; task++) await hub.AddTaskAsync(projectId);
        var approved = await ada.LabelAsync();
        await hub.Get<ReviewService>().ApproveAsync(reviewer, projectId, approved.JudgmentId, 1, default);
        await ada.UndoAsync((await ada.LabelAsync()).JudgmentId);
        await new Labeler(hub, projectId, reviewer).LabelAsync();

        Assert.Empty((await ListAsync(new())).Items);
        Assert.Equal(new ReviewWaiting(0, 0), await CountAsync());
        Assert.Single((await hub.Get<ReviewQueueService>().ListAsync(hub.Admin, projectId, new(), new(), default)).Items);
    }

    [Theory]
    [InlineData(0, 1, 1, 3, 1)]   // another reply is better
    [InlineData(0, 1, 0, 3, 0)]   // the same one, by another strength
    public async Task DisagreementsAsync_TwoAnswers_AreFoundWhereTheyContradict(int one, int strength, int other, int otherStrength, int expected)
    {
        var task = await hub.AddTaskAsync(projectId, required: 2);
        await AnswerAsync(ada, one, strength);
        await AnswerAsync(ben, other, otherStrength);

        var found = await hub.Get<ReviewQueueService>().DisagreementsAsync(reviewer, projectId, default);

        Assert.Equal(expected, found.Count);
        Assert.Equal(new ReviewWaiting(2, expected), await CountAsync());
        Assert.All(found, disagreement => Assert.Equal((task.Id, 2), (disagreement.TaskId, disagreement.JudgmentIds.Count)));
    }

    [Fact]
    public async Task DisagreementsAsync_SettledOrNotJudged_AreLeftOut()
    {
        var task = await hub.AddTaskAsync(projectId, required: 2);
        await AnswerAsync(ada, 0, 1);
        await AnswerAsync(ben, 1, 1);
        await hub.AddTaskAsync(projectId, required: 2);
        await ada.LabelAsync(new ComparisonAnswer { CannotJudge = true });
        await ben.LabelAsync();
        Assert.Equal(1, (await CountAsync()).Disagreements);

        await hub.Get<ReviewService>().AdjudicateAsync(reviewer, projectId, task.Id, Labeler.Submission(Labeler.Prefers(0)), default);

        Assert.Equal(0, (await CountAsync()).Disagreements);
    }

    public async Task InitializeAsync()
    {
        hub = await TestHub.CreateAsync();
        projectId = await hub.AddProjectAsync();
        ada = new Labeler(hub, projectId, await hub.AddMemberAsync(projectId));
        ben = new Labeler(hub, projectId, await hub.AddMemberAsync(projectId));
        reviewer = await hub.AddMemberAsync(projectId, ProjectRole.Reviewer);
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();

    // The place is of the task, whatever the order in which its replies are shown.
    private static async Task AnswerAsync(Labeler rater, int place, int strength)
    {
        var task = await rater.TakeAsync();
        var shown = task.Replies.ToList().FindIndex(reply => reply.StartsWith($"Reply {place}", StringComparison.Ordinal));
        await rater.SubmitAsync(task.AssignmentId, Labeler.Prefers(shown, strength));
    }

    private Task<Page<WaitingSubmission>> ListAsync(ReviewFilter filter, PageRequest? page = null) => hub.Get<ReviewQueueService>().ListAsync(reviewer, projectId, filter, page ?? new(), default);

    private Task<ReviewWaiting> CountAsync() => hub.Get<ReviewQueueService>().CountAsync(reviewer, projectId, default);
}
