using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Tests.Prompts;

public sealed class PromptSearchTests : IAsyncLifetime
{
    private TestHub hub = null!;
    private Guid project;

    [Theory]
    [InlineData("kettle", "Why does a kettle sing?")]
    [InlineData("KETTLE", "Why does a kettle sing?")]
    [InlineData("ettl", "Why does a kettle sing?")]
    [InlineData("sing kettle", "Why does a kettle sing?")]
    [InlineData("水壶唱", "为什么水壶唱歌")]
    [InlineData("水", "为什么水壶唱歌")]
    [InlineData("กาต้ม", "ทำไมกาต้มน้ำร้อง")]
    [InlineData("\"quoted\" AND", "Say \"quoted\" AND (nothing) else*")]
    [InlineData("(nothing)", "Say \"quoted\" AND (nothing) else*")]
    [InlineData("🙂🙃🙂", "What does 🙂🙃🙂 mean?")]
    [InlineData("line two", "line one\nline two")]
    public async Task List_SearchedWords_FindsThePromptThatHasThem(string search, string text)
    {
        await AddAsync(text);
        await AddAsync("Something else altogether");
        await AddAsync(text, await hub.AddProjectAsync());

        var found = await FindAsync(search);

        Assert.Equal(text, Assert.Single(found).Messages[^1].Content);
    }

    [Theory]
    [InlineData("NEAR(a b)")]
    [InlineData("text:*")]
    [InlineData("\"")]
    [InlineData("a NOT")]
    [InlineData("^-+{}")]
    [InlineData("%_%")]
    [InlineData("abc\0def")]
    public async Task List_WordsThatAnIndexCouldTakeForOperators_AreWords(string search)
    {
        await AddAsync("Plain words only");

        Assert.Empty(await FindAsync(search));
    }

    [Fact]
    public async Task List_SearchedInSystemMessage_FindsIt()
    {
        await hub.Get<PromptService>().AddAsync(hub.Admin, project, new PromptDraft { Messages = [new(Message.System, "You are a gardener."), new(Message.User, "Hello")] }, default);

        Assert.Single(await FindAsync("gardener"));
    }

    [Fact]
    public async Task ChangeMany_ByFilter_ChangesThoseOnly()
    {
        var (kettle, other) = (await AddAsync("Why does a kettle sing?"), await AddAsync("Something else"));

        var first = await hub.Get<PromptService>().ChangeManyAsync(hub.Admin, project, new PromptBulkChange { Filter = new() { Search = "kettle" }, AddTags = ["kitchen"], Priority = 5 }, default);
        var again = await hub.Get<PromptService>().ChangeManyAsync(hub.Admin, project, new PromptBulkChange { Filter = new() { Search = "kettle" }, AddTags = ["kitchen"], Priority = 5 }, default);

        Assert.Equal((1, 0, 0, 1), (first.Changed, first.Unchanged, again.Changed, again.Unchanged));
        var prompts = (await hub.Get<PromptService>().ListAsync(hub.Admin, project, new(), new PageRequest(), default)).Items;
        Assert.Equal((5, "kitchen"), (prompts.Single(prompt => prompt.Id == kettle).Priority, Assert.Single(prompts.Single(prompt => prompt.Id == kettle).Tags)));
        Assert.Equal((0, 0), (prompts.Single(prompt => prompt.Id == other).Priority, prompts.Single(prompt => prompt.Id == other).Tags.Count));
    }

    [Fact]
    public async Task ChangeMany_OfAForeignProject_ChangesNothing()
    {
        var elsewhere = await hub.AddProjectAsync();
        var prompt = await AddAsync("Hello", elsewhere);

        var result = await hub.Get<PromptService>().ChangeManyAsync(hub.Admin, project, new PromptBulkChange { PromptIds = [prompt], IsArchived = true }, default);

        Assert.Equal(0, result.Changed);
        Assert.Single((await hub.Get<PromptService>().ListAsync(hub.Admin, elsewhere, new(), new PageRequest(), default)).Items);
    }

    public async Task InitializeAsync()
    {
        hub = await TestHub.CreateAsync();
        project = await hub.AddProjectAsync();
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();

    private async Task<Guid> AddAsync(string text, Guid? to = null) =>
        (await hub.Get<PromptService>().AddAsync(hub.Admin, to ?? project, new PromptDraft { Messages = [new(Message.User, text)] }, default)).PromptId;

    private async Task<IReadOnlyList<PromptSummary>> FindAsync(string search) =>
        (await hub.Get<PromptService>().ListAsync(hub.Admin, project, new PromptFilter { Search = search }, new PageRequest(), default)).Items;
}
