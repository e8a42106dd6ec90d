using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Queue;
using RlhfHub.Domain.Review;

namespace RlhfHub.Domain.Tests.Labeling;

public sealed class LabelingServiceTests : IAsyncLifetime
{
    private TestHub hub = null!;
    private Guid projectId;
    private Labeler ada = null!, ben = null!;
    private Actor reviewer = Actor.Anonymous;

    [Fact]
    public async Task SubmitAsync_SameKeyTwice_GivesTheSameReceiptAndCountsOnce()
    {
        var task = await hub.AddTaskAsync(projectId, required: 2);
        var view = await ada.TakeAsync();

        var first = await ada.SubmitAsync(view.AssignmentId, key: "one-and-only");
        var second = await ada.SubmitAsync(view.AssignmentId, key: "one-and-only");

        Assert.Equal(first with { IsRepetition = true }, second);
        Assert.Equal(1, (await hub.TaskAsync(task.Id)).CountedJudgments);
    }

    [Fact]
    public async Task SubmitAsync_AnotherKey_SaysThatItIsAnswered()
    {
        await hub.AddTaskAsync(projectId);
        var view = await ada.TakeAsync();
        await ada.SubmitAsync(view.AssignmentId);

        Assert.Equal(SubmitOutcome.AlreadyAnswered, (await ada.SubmitAsync(view.AssignmentId)).Outcome);
    }

    [Fact]
    public async Task SubmitAsync_LateWithTheOnlyPlaceTaken_IsKeptAsExtra()
    {
        var task = await hub.AddTaskAsync(projectId);
        var late = await ada.TakeAsync();
        hub.Time.Advance(TimeSpan.FromHours(2));
        await ben.LabelAsync();

        var receipt = await ada.SubmitAsync(late.AssignmentId);

        Assert.Equal(SubmitOutcome.Extra, receipt.Outcome);
        Assert.Equal(1, (await hub.TaskAsync(task.Id)).CountedJudgments);
    }

    [Fact]
    public async Task SubmitAsync_LateWithThePlaceStillFree_Counts()
    {
        await hub.AddTaskAsync(projectId);
        var late = await ada.TakeAsync();
        hub.Time.Advance(TimeSpan.FromHours(2));
        await ben.NextAsync(TaskKind.Rating);   // anybody's request sweeps what has run out

        Assert.Equal(SubmitOutcome.Counted, (await ada.SubmitAsync(late.AssignmentId)).Outcome);
    }

    [Fact]
    public async Task SubmitAsync_SomebodyElsesTask_IsNotFound()
    {
        await hub.AddTaskAsync(projectId);
        var view = await ada.TakeAsync();

        var error = await Assert.ThrowsAsync<AccessException>(() => ben.SubmitAsync(view.AssignmentId));

        Assert.Equal(AccessProblem.NotFound, error.Problem);
    }

    [Fact]
    public async Task SubmitAsync_AnswerOfAnotherKind_SaysWhichIsAsked()
    {
        await hub.AddTaskAsync(projectId);
        var view = await ada.TakeAsync();

        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => ada.SubmitAsync(view.AssignmentId, new RankingAnswer { Ranks = [1, 2] }));

        Assert.Equal("This task is a comparison; the answer is a ranking.", error.Message);
        Assert.Equal(AssignmentState.Leased, (await hub.Get<QueueService>().GetAsync(ada.Actor, projectId, view.AssignmentId, default)).State);
    }

    [Fact]
    public async Task UndoAsync_WithNobodyWaiting_PutsTheTaskBackOnTheDeskWithTheAnswer()
    {
        var task = await hub.AddTaskAsync(projectId);
        var receipt = await ada.LabelAsync(Labeler.Prefers(1, 2));

        Assert.Equal(EditOutcome.Edited, await ada.UndoAsync(receipt.JudgmentId));
        var again = await ada.TakeAsync();

        Assert.Equal(Labeler.Prefers(1, 2).Better, ((ComparisonAnswer)again.EarlierAnswer!).Better);
        Assert.Equal((0, 1), Counts(await hub.TaskAsync(task.Id)));
        Assert.Equal(SubmitOutcome.Counted, (await ada.SubmitAsync(again.AssignmentId)).Outcome);
        Assert.Equal(2, (await ada.HistoryAsync()).Single().Revision);
    }

    [Fact]
    public async Task UndoAsync_WithAnExtraWaiting_GivesThePlaceToIt()
    {
        var task = await hub.AddTaskAsync(projectId);
        var late = await ada.TakeAsync();
        hub.Time.Advance(TimeSpan.FromHours(2));
        var counted = await ben.LabelAsync();
        await ada.SubmitAsync(late.AssignmentId);

        await ben.UndoAsync(counted.JudgmentId);

        Assert.Equal((1, 0), Counts(await hub.TaskAsync(task.Id)));
        Assert.Equal(NextTaskOutcome.NothingWaits, (await ben.NextAsync()).Outcome);
    }

    [Fact]
    public async Task UndoAsync_FiftyLaterOnes_IsTooLongAgo()
    {
        for (var task = 0; task <= LabelingService.HistoryLength; task++) await hub.AddTaskAsync(projectId);
        var first = await ada.LabelAsync();
        for (var task = 0; task < LabelingService.HistoryLength; task++)
        {
            hub.Time.Advance(TimeSpan.FromSeconds(1));
            await ada.LabelAsync();
        }

        Assert.Equal(EditOutcome.TooLongAgo, await ada.UndoAsync(first.JudgmentId));
        Assert.DoesNotContain(first.JudgmentId, (await ada.HistoryAsync()).Select(judgment => judgment.Id));
    }

    [Fact]
    public async Task EditAsync_AfterApproval_KeepsTheOldAnswerAndAsksForReviewAgain()
    {
        await hub.AddTaskAsync(projectId);
        var receipt = await ada.LabelAsync(Labeler.Prefers(0));
        await hub.Get<ReviewService>().ApproveAsync(reviewer, projectId, receipt.JudgmentId, receipt.Revision, default);

        await hub.Get<LabelingService>().EditAsync(ada.Actor, projectId, receipt.JudgmentId, Labeler.Submission(Labeler.Prefers(1)), default);

        var details = await hub.Get<JudgmentService>().GetAsync(reviewer, projectId, receipt.JudgmentId, default);
        Assert.Equal(ReviewState.Submitted, details.Judgment.Review);
        Assert.Equal([1, 2], details.Revisions.Select(revision => revision.Number));
        Assert.NotEqual(((ComparisonAnswer)details.Revisions[0].Answer).Better, ((ComparisonAnswer)details.Revisions[1].Answer).Better);
    }

    [Fact]
    public async Task SaveDraftAsync_TwoDevices_ShowsTheNewestAndKeepsTheOther()
    {
        await hub.AddTaskAsync(projectId);
        var view = await ada.TakeAsync();

        await SaveAsync(view, "laptop", 1, "\"on the laptop\"");
        hub.Time.Advance(TimeSpan.FromSeconds(1));
        await SaveAsync(view, "phone", 1, "\"on the phone\"");
        var shown = await hub.Get<QueueService>().GetAsync(ada.Actor, projectId, view.AssignmentId, default);

        Assert.Equal("\"on the phone\"", shown.Draft?.Content);
        Assert.Equal("\"on the laptop\"", shown.OtherDrafts.Single().Content);
    }

    [Fact]
    public async Task SaveDraftAsync_OlderThanTheLast_IsNotTaken()
    {
        await hub.AddTaskAsync(projectId);
        var view = await ada.TakeAsync();
        await SaveAsync(view, "laptop", 7, "\"newer\"");

        Assert.Null(await SaveAsync(view, "laptop", 6, "\"older\""));
        Assert.Equal("\"newer\"", (await hub.Get<QueueService>().GetAsync(ada.Actor, projectId, view.AssignmentId, default)).Draft?.Content);
    }

    [Fact]
    public async Task RejectedAnswer_NextTask_ComesBackWithTheReasonAndTheAnswer()
    {
        await hub.AddTaskAsync(projectId);
        var receipt = await ada.LabelAsync(Labeler.Prefers(1));
        await hub.Get<ReviewService>().RejectAsync(reviewer, projectId, receipt.JudgmentId, receipt.Revision, "Read the second reply to its end.", default);
        await hub.AddTaskAsync(projectId);

        var next = await ada.TakeAsync();

        Assert.Equal("Read the second reply to its end.", next.Reason);
        Assert.NotNull(next.EarlierAnswer);
        Assert.Equal(SubmitOutcome.Counted, (await ada.SubmitAsync(next.AssignmentId)).Outcome);
    }

    public async Task InitializeAsync()
    {
        hub = await TestHub.CreateAsync();
        projectId = await hub.AddProjectAsync(new ProjectSettings { Kinds = [TaskKind.Comparison, TaskKind.Rating] });
        ada = new Labeler(hub, projectId, await hub.AddMemberAsync(projectId));
        ben = new Labeler(hub, projectId, await hub.AddMemberAsync(projectId));
        reviewer = await hub.AddMemberAsync(projectId, ProjectRole.Reviewer);
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();

    private static (int Counted, int Leases) Counts(LabelingTask task) => (task.CountedJudgments, task.LiveLeases);

    private Task<DateTime?> SaveAsync(TaskView view, string device, long sequence, string content) =>
        hub.Get<LabelingService>().SaveDraftAsync(ada.Actor, projectId, view.AssignmentId, new DraftSave { Device = device, Sequence = sequence, Content = content }, default);
}
