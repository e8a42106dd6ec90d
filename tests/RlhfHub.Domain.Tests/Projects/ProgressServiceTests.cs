using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Tests.Labeling;

namespace RlhfHub.Domain.Tests.Projects;

public sealed class ProgressServiceTests : IAsyncLifetime
{
    private TestHub hub = null!;
    private Guid projectId;

    [Fact]
    public async Task GetAsync_NewProject_MissesEverything() =>
        Assert.Equal(new ProjectProgress(false, false, false, false, 0, 0, 0), await GetAsync());

    [Fact]
    public async Task GetAsync_InvitedButNobodyJoined_HasPeople()
    {
        await hub.Get<InvitationService>().InviteToProjectAsync(hub.Admin, projectId, ProjectRole.Rater, null, 1, default);
        Assert.True((await GetAsync()).HasPeople);

        hub.Time.Advance(TimeSpan.FromDays(2));

        Assert.False((await GetAsync()).HasPeople);
    }

    [Fact]
    public async Task GetAsync_WorkOfTwoDays_CountsOpenTasksAndTodaysAnswers()
    {
        var ada = new Labeler(hub, projectId, await hub.AddMemberAsync(projectId));
        for (var task = 0; task < 5; task++) await hub.AddTaskAsync(projectId);
        await hub.AddTaskAsync(projectId, purpose: TaskPurpose.Gold, expected: Labeler.Prefers(0));
        await ada.LabelAsync();
        hub.Time.Advance(TimeSpan.FromDays(1));
        await ada.LabelAsync();
        await ada.UndoAsync((await ada.LabelAsync()).JudgmentId);
        await hub.Get<ProjectService>().WriteGuidelinesAsync(hub.Admin, projectId, 0, "Be fair.", default);

        var progress = await GetAsync();

        // The task whose answer was taken back lies on her desk.
        Assert.Equal(new ProjectProgress(true, true, true, true, 2, 1, 0), progress);
        Assert.True(progress.IsSetUp);
    }

    public async Task InitializeAsync()
    {
        hub = await TestHub.CreateAsync();
        projectId = await hub.AddProjectAsync();
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();

    private Task<ProjectProgress> GetAsync() => hub.Get<ProgressService>().GetAsync(hub.Admin, projectId, default);
}
