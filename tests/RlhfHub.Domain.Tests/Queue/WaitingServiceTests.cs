using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Queue;
using RlhfHub.Domain.Tests.Labeling;

namespace RlhfHub.Domain.Tests.Queue;

public sealed class WaitingServiceTests : IAsyncLifetime
{
    private TestHub hub = null!;
    private Guid projectId;
    private Labeler ada = null!, ben = null!;

    [Fact]
    public async Task CountAsync_TasksOfTwoKinds_CountsWhatTheQueueWouldGive()
    {
        for (var task = 0; task < 3; task++) await hub.AddTaskAsync(projectId);
        await hub.AddTaskAsync(projectId, TaskKind.Rating, responses: 1);
        await hub.AddTaskAsync(projectId, TaskKind.Ranking);
        await hub.AddTaskAsync(projectId, purpose: TaskPurpose.Gold, expected: Labeler.Prefers(0));
        await hub.AddTaskAsync(projectId, author: ada.Actor.Id);

        Assert.Equal([new(TaskKind.Comparison, 3), new(TaskKind.Rating, 1)], await CountAsync(ada));
        Assert.Equal([new(TaskKind.Comparison, 4), new(TaskKind.Rating, 1)], await CountAsync(ben));
    }

    [Fact]
    public async Task CountAsync_TakenAnsweredAndSkipped_LeavesOutWhatIsDoneAndKeepsTheDesk()
    {
        for (var task = 0; task < 3; task++) await hub.AddTaskAsync(projectId);
        await ada.LabelAsync();
        var taken = await ada.TakeAsync();

        Assert.Equal([new(TaskKind.Comparison, 2)], await CountAsync(ada));
        Assert.Equal([new(TaskKind.Comparison, 1)], await CountAsync(ben));

        await hub.Get<QueueService>().SkipAsync(ada.Actor, projectId, taken.AssignmentId, "cannot read it", default);
        Assert.Equal([new(TaskKind.Comparison, 1)], await CountAsync(ada));
        Assert.Equal([new(TaskKind.Comparison, 2)], await CountAsync(ben));
    }

    public async Task InitializeAsync()
    {
        hub = await TestHub.CreateAsync();
        projectId = await hub.AddProjectAsync(new ProjectSettings { Kinds = [TaskKind.Comparison, TaskKind.Rating] });
        ada = new Labeler(hub, projectId, await hub.AddMemberAsync(projectId));
        ben = new Labeler(hub, projectId, await hub.AddMemberAsync(projectId));
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();

    private Task<IReadOnlyList<WaitingTasks>> CountAsync(Labeler rater) => hub.Get<WaitingService>().CountAsync(rater.Actor, projectId, default);
}
