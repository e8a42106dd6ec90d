using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Review;
using RlhfHub.Domain.Tests.Labeling;

namespace RlhfHub.Domain.Tests.Review;

public sealed class OwnWorkServiceTests : IAsyncLifetime
{
    private TestHub hub = null!;

    [Fact]
    public async Task GetAsync_WorkOfSeveralDays_IsSummedByDayAndKindAndForgotten()
    {
        var projectId = await hub.AddProjectAsync();
        var ada = new Labeler(hub, projectId, await hub.AddMemberAsync(projectId));
        var ben = new Labeler(hub, projectId, await hub.AddMemberAsync(projectId));
        for (var task = 0; task < 6; task++) await hub.AddTaskAsync(projectId);
        await ada.LabelAsync();
        hub.Time.Advance(TimeSpan.FromDays(OwnWorkService.Days));
        var yesterday = DateOnly.FromDateTime(hub.Now);
        await ada.LabelAsync();
        await ada.LabelAsync();
        hub.Time.Advance(TimeSpan.FromDays(1));
        await ada.LabelAsync();
        await ada.UndoAsync((await ada.LabelAsync()).JudgmentId);
        await ben.LabelAsync();

        var work = await hub.Get<OwnWorkService>().GetAsync(ada.Actor, projectId, default);

        Assert.Equal([new(yesterday.AddDays(1), TaskKind.Comparison, 1, 4000), new(yesterday, TaskKind.Comparison, 2, 8000)], work.Days);
        Assert.Null(work.Agreement);
    }

    [Fact]
    public async Task GetAsync_ProjectShowsAgreement_CountsFirstAnswersToKnownOnes()
    {
        var projectId = await hub.AddProjectAsync(new ProjectSettings { ShowsGoldAgreement = true, GoldShare = 0.5 });
        var ada = new Labeler(hub, projectId, await hub.AddMemberAsync(projectId));
        for (var task = 0; task < 20; task++) await hub.AddTaskAsync(projectId);
        for (var task = 0; task < 5; task++) await hub.AddTaskAsync(projectId, purpose: TaskPurpose.Gold, expected: new ComparisonAnswer { CannotJudge = true });
        Assert.Equal(new GoldAgreement(0, 0), (await hub.Get<OwnWorkService>().GetAsync(ada.Actor, projectId, default)).Agreement);
        for (var task = 0; task < 20; task++) await ada.LabelAsync(task % 2 == 0 ? new ComparisonAnswer { CannotJudge = true } : null);

        var agreement = (await hub.Get<OwnWorkService>().GetAsync(ada.Actor, projectId, default)).Agreement!;

        await using var db = await hub.OpenAsync();
        Assert.Equal(new GoldAgreement(db.Judgments.Count(judgment => judgment.MatchesGold == true), db.Judgments.Count(judgment => judgment.MatchesGold != null)), agreement);
        Assert.True(agreement.Measured > 0);
    }

    public async Task InitializeAsync() => hub = await TestHub.CreateAsync();

    public async Task DisposeAsync() => await hub.DisposeAsync();
}
