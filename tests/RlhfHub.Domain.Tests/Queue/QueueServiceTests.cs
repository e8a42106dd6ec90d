using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Queue;
using RlhfHub.Domain.Tests.Labeling;

namespace RlhfHub.Domain.Tests.Queue;

public sealed class QueueServiceTests : IAsyncLifetime
{
    private TestHub hub = null!;
    private Guid projectId;
    private Labeler ada = null!, ben = null!;

    [Fact]
    public async Task NextAsync_TwoPriorities_GivesTheHigherFirstThenTheOldest()
    {
        var old = await hub.AddTaskAsync(projectId);
        var young = await hub.AddTaskAsync(projectId);
        var urgent = await hub.AddTaskAsync(projectId, priority: 5);

        Assert.Equal([urgent.Id, old.Id, young.Id], await TakeAllAsync(ada));
    }

    [Fact]
    public async Task NextAsync_OwnText_IsNeverGiven()
    {
        await hub.AddTaskAsync(projectId, author: ada.Actor.Id);

        Assert.Equal(NextTaskOutcome.NothingWaits, (await ada.NextAsync()).Outcome);
        Assert.Equal(NextTaskOutcome.Found, (await ben.NextAsync()).Outcome);
    }

    [Fact]
    public async Task NextAsync_AnsweredOrSkipped_IsNeverGivenAgain()
    {
        await hub.AddTaskAsync(projectId, required: 3);
        await hub.AddTaskAsync(projectId, required: 3);
        await ada.LabelAsync();
        await hub.Get<QueueService>().SkipAsync(ada.Actor, projectId, (await ada.TakeAsync()).AssignmentId, "cannot read it", default);

        hub.Time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(NextTaskOutcome.NothingWaits, (await ada.NextAsync()).Outcome);
    }

    [Fact]
    public async Task NextAsync_HandedBack_ComesAgainInTheSameOrder()
    {
        await hub.AddTaskAsync(projectId);
        var first = await ada.TakeAsync();
        await hub.Get<QueueService>().HandBackAsync(ada.Actor, projectId, first.AssignmentId, default);

        var again = await ada.TakeAsync();

        Assert.Equal(first.AssignmentId, again.AssignmentId);
        Assert.Equal(first.Replies, again.Replies);
    }

    [Fact]
    public async Task NextAsync_ReloadedPage_GetsTheSameTaskAgain()
    {
        await hub.AddTaskAsync(projectId);
        await hub.AddTaskAsync(projectId);

        Assert.Equal((await ada.TakeAsync()).AssignmentId, (await ada.TakeAsync()).AssignmentId);
    }

    [Fact]
    public async Task NextAsync_FullDesk_SaysSo()
    {
        for (var task = 0; task < 9; task++) await hub.AddTaskAsync(projectId);
        List<Guid> held = [];
        for (var task = 0; task < QueueService.MaxOnDesk; task++) held.Add((await ada.NextAsync(null, [.. held])).Task!.AssignmentId);

        Assert.Equal(NextTaskOutcome.DeskIsFull, (await ada.NextAsync(null, [.. held])).Outcome);
        Assert.Equal(QueueService.MaxOnDesk, held.Distinct().Count());
    }

    [Fact]
    public async Task NextAsync_OnlySomeKindsForAMember_GivesNoOthers()
    {
        await hub.AddTaskAsync(projectId);
        var rating = await hub.AddTaskAsync(projectId, TaskKind.Rating, responses: 1);
        var expert = new Labeler(hub, projectId, await hub.AddMemberAsync(projectId, ProjectRole.Rater, TaskKind.Rating));

        Assert.Equal([rating.Id], await TakeAllAsync(expert));
    }

    [Fact]
    public async Task NextAsync_KindThatTheProjectDoesNotUse_SaysWhichItDoes()
    {
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => ada.NextAsync(TaskKind.Chat));

        Assert.Equal("You get no chat tasks here, but comparison, rating.", error.Message);
    }

    [Fact]
    public async Task NextAsync_ManyTasks_MixesGoldInByItsShareAndDoesNotSayWhich()
    {
        for (var task = 0; task < 120; task++) await hub.AddTaskAsync(projectId);
        for (var gold = 0; gold < 60; gold++) await hub.AddTaskAsync(projectId, purpose: TaskPurpose.Gold, expected: Labeler.Prefers(0));
        for (var task = 0; task < 120; task++) await ada.LabelAsync();

        await using var db = await hub.OpenAsync();
        Assert.InRange(db.Judgments.Count(judgment => judgment.Purpose == TaskPurpose.Gold), 12, 42);   // 24 expected
        Assert.DoesNotContain(typeof(TaskView).GetProperties(), property => property.Name.Contains("Purpose", StringComparison.Ordinal) || property.PropertyType == typeof(TaskPurpose));
    }

    [Fact]
    public async Task SubmitAsync_Gold_RecordsWhetherItWasRight()
    {
        await hub.AddTaskAsync(projectId, TaskKind.Rating, responses: 1, purpose: TaskPurpose.Gold, expected: Points(5));
        for (var task = 0; task < 60; task++) await hub.AddTaskAsync(projectId, TaskKind.Rating, responses: 1);

        for (var task = 0; task < 60; task++) await ada.LabelAsync(Points(1));

        await using var db = await hub.OpenAsync();
        Assert.False(Assert.Single(db.Judgments, judgment => judgment.Purpose == TaskPurpose.Gold).MatchesGold);
    }

    [Fact]
    public async Task NextAsync_OnlyGoldIsLeft_GivesNothing()
    {
        await hub.AddTaskAsync(projectId, purpose: TaskPurpose.Gold, expected: Labeler.Prefers(0));

        for (var asked = 0; asked < 60; asked++) Assert.Equal(NextTaskOutcome.NothingWaits, (await ada.NextAsync()).Outcome);
    }

    [Fact]
    public async Task RenewAsync_InTime_KeepsTheTaskFromOthers()
    {
        await hub.AddTaskAsync(projectId);
        var view = await ada.TakeAsync();
        for (var minutes = 0; minutes < 120; minutes += 20)
        {
            hub.Time.Advance(TimeSpan.FromMinutes(20));
            Assert.Single(await hub.Get<QueueService>().RenewAsync(ada.Actor, projectId, [view.AssignmentId], default));
        }

        Assert.Equal(NextTaskOutcome.NothingWaits, (await ben.NextAsync()).Outcome);
    }

    [Fact]
    public async Task RenewAsync_TakenByAnotherMeanwhile_SaysThatItIsGone()
    {
        await hub.AddTaskAsync(projectId);
        var view = await ada.TakeAsync();
        hub.Time.Advance(TimeSpan.FromHours(1));
        await ben.TakeAsync();

        Assert.Empty(await hub.Get<QueueService>().RenewAsync(ada.Actor, projectId, [view.AssignmentId], default));
    }

    [Fact]
    public async Task NextAsync_AllEarlierOnesAnswered_FindsTheNewOne()
    {
        for (var task = 0; task < 30; task++) await hub.AddTaskAsync(projectId, required: 2);
        for (var task = 0; task < 30; task++) await ada.LabelAsync();
        var late = await hub.AddTaskAsync(projectId);

        Assert.Equal([late.Id], await TakeAllAsync(ada));
    }

    [Fact]
    public async Task NextAsync_HeldTaskWhoseTakerRanOutToo_StaysOnThePageAndIsNotGivenAgain()
    {
        await hub.AddTaskAsync(projectId);
        var held = await ada.TakeAsync();
        hub.Time.Advance(TimeSpan.FromHours(1));
        await ben.TakeAsync();
        hub.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(NextTaskOutcome.NothingWaits, (await ada.NextAsync(null, held.AssignmentId)).Outcome);
        Assert.Equal(SubmitOutcome.Counted, (await ada.SubmitAsync(held.AssignmentId)).Outcome);
    }

    [Fact]
    public async Task WithdrawAsync_AndBack_IsGivenToThoseWhoHadPassedIt()
    {
        var task = await hub.AddTaskAsync(projectId);
        await hub.Get<TaskService>().WithdrawAsync(hub.Admin, projectId, task.Id, true, default);
        Assert.Equal(NextTaskOutcome.NothingWaits, (await ada.NextAsync()).Outcome);

        await hub.Get<TaskService>().WithdrawAsync(hub.Admin, projectId, task.Id, false, default);

        Assert.Equal([task.Id], await TakeAllAsync(ada));
    }

    public async Task InitializeAsync()
    {
        hub = await TestHub.CreateAsync();
        projectId = await hub.AddProjectAsync(new ProjectSettings { Kinds = [TaskKind.Comparison, TaskKind.Rating], GoldShare = 0.2 });
        ada = new Labeler(hub, projectId, await hub.AddMemberAsync(projectId));
        ben = new Labeler(hub, projectId, await hub.AddMemberAsync(projectId));
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();

    private static RatingAnswer Points(int points) => new() { Points = new Dictionary<string, int> { ["Helpfulness"] = points, ["Harmlessness"] = points, ["Honesty"] = points } };

    private async Task<List<Guid>> TakeAllAsync(Labeler rater)
    {
        List<Guid> held = [];
        while (held.Count < QueueService.MaxOnDesk && (await rater.NextAsync(null, [.. held])).Task is { } task) held.Add(task.AssignmentId);
        await using var db = await hub.OpenAsync();
        return [.. held.Select(id => db.Assignments.Single(assignment => assignment.Id == id).TaskId)];
    }
}
