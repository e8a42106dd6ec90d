using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Tests.Labeling;

public sealed class TaskServiceTests : IAsyncLifetime
{
    private TestHub hub = null!;
    private Guid projectId;

    [Fact]
    public async Task CreateAsync_PromptsWithAndWithoutReplies_MakesWhatCanBeMadeAndCountsTheRest()
    {
        await AddPromptAsync("One", "a", "b");
        await AddPromptAsync("Two", "a", "b", "c", "d");
        await AddPromptAsync("Three", "only one");

        var result = await CreateAsync(new TaskBatch { Kind = TaskKind.Comparison });

        Assert.Equal(new TaskBatchResult(Created: 3, TooFewReplies: 1, AlreadyThere: 0), result);
    }

    [Fact]
    public async Task CreateAsync_Twice_MakesThemOnce()
    {
        await AddPromptAsync("One", "a", "b");
        await CreateAsync(new TaskBatch { Kind = TaskKind.Comparison });

        Assert.Equal(new TaskBatchResult(0, 0, 1), await CreateAsync(new TaskBatch { Kind = TaskKind.Comparison }));
    }

    [Theory]
    [InlineData(TaskKind.Demonstration, 1)]
    [InlineData(TaskKind.Comparison, 2)]
    [InlineData(TaskKind.Ranking, 1)]
    [InlineData(TaskKind.Rating, 4)]
    [InlineData(TaskKind.Classification, 4)]
    [InlineData(TaskKind.Chat, 1)]
    public async Task CreateAsync_FourReplies_MakesTheTasksOfTheKindAndTheyCanBeTaken(TaskKind kind, int tasks)
    {
        await AddPromptAsync("One", "a", "b", "c", "d");

        Assert.Equal(tasks, (await CreateAsync(new TaskBatch { Kind = kind })).Created);

        var rater = new Labeler(hub, projectId, await hub.AddMemberAsync(projectId));
        Assert.Equal(kind, (await rater.TakeAsync()).Kind);
    }

    [Fact]
    public async Task CreateAsync_ByTagAndSplit_TakesOnlyThose()
    {
        var tagged = await AddPromptAsync("Tagged", ["a", "b"], ["hard \"one\""]);
        await AddPromptAsync("Other", "a", "b");

        await CreateAsync(new TaskBatch { Kind = TaskKind.Comparison, Filter = new PromptFilter { Tag = "hard \"one\"" } });

        var tasks = await hub.Get<TaskService>().ListAsync(hub.Admin, projectId, new TaskFilter(), new PageRequest(), default);
        Assert.Equal(tagged, Assert.Single(tasks.Items).PromptId);
    }

    [Fact]
    public async Task CreateAsync_KindThatTheProjectDoesNotUse_SaysWhichItDoes()
    {
        projectId = await hub.AddProjectAsync(new ProjectSettings { Kinds = [TaskKind.Rating] });

        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => CreateAsync(new TaskBatch { Kind = TaskKind.Chat }));

        Assert.Equal("This project has no chat tasks; its kinds are rating.", error.Message);
    }

    [Fact]
    public async Task CreateAsync_PromptOfAnotherProject_IsNotFound()
    {
        var foreign = await AddPromptAsync("Foreign", "a", "b");
        projectId = await hub.AddProjectAsync();

        var error = await Assert.ThrowsAsync<AccessException>(() => CreateAsync(new TaskBatch { Kind = TaskKind.Comparison, PromptIds = [foreign] }));

        Assert.Equal($"There is no prompt {foreign}.", error.Message);
    }

    [Fact]
    public async Task CreateAsync_GoldWithoutItsAnswer_SaysWhatIsMissing()
    {
        var prompt = await AddPromptAsync("One", "a", "b");

        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => CreateAsync(new TaskBatch { Kind = TaskKind.Comparison, Purpose = TaskPurpose.Gold, PromptIds = [prompt] }));

        Assert.Equal("A gold task needs its known answer.", error.Message);
    }

    [Fact]
    public async Task ListAsync_InPages_GivesEachOnceNewestFirst()
    {
        for (var prompt = 0; prompt < 7; prompt++) await AddPromptAsync($"Prompt {prompt}", "a", "b");
        await CreateAsync(new TaskBatch { Kind = TaskKind.Comparison });

        List<Guid> seen = [];
        Guid? after = null;
        do
        {
            var page = await hub.Get<TaskService>().ListAsync(hub.Admin, projectId, new TaskFilter(), new PageRequest { After = after, Limit = 3 }, default);
            seen.AddRange(page.Items.Select(task => task.Id));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(7, seen.Distinct().Count());
        Assert.Equal(seen.OrderByDescending(id => id.ToString(), StringComparer.Ordinal), seen);
    }

    public async Task InitializeAsync()
    {
        hub = await TestHub.CreateAsync();
        projectId = await hub.AddProjectAsync(new ProjectSettings
        {
            Kinds = [.. Enum.GetValues<TaskKind>()],
            Classification = new() { Labels = [new() { Name = "good" }, new() { Name = "bad" }] },
        });
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();

    private Task<Guid> AddPromptAsync(string text, params string[] replies) => AddPromptAsync(text, replies, []);

    private async Task<Guid> AddPromptAsync(string text, string[] replies, string[] tags) =>
        (await hub.Get<PromptService>().AddAsync(hub.Admin, projectId, new PromptDraft { Messages = [new(Message.User, text)], Responses = replies, Tags = tags }, default)).PromptId;

    private Task<TaskBatchResult> CreateAsync(TaskBatch batch) => hub.Get<TaskService>().CreateAsync(hub.Admin, projectId, batch, default);
}
