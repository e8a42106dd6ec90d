using System.Text;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Datasets.Imports;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Tests.Datasets;

public sealed class ImportServiceTests : IAsyncLifetime
{
    private const string Good = """
        {"prompt": "What is the capital of France?", "chosen": "Paris.", "rejected": "Lyon."}
        {"prompt": "What is the capital of Italy?", "chosen": "Rome.", "rejected": "Milan."}
        """;

    private const string Mixed = Good + "\n" + """{"prompt": "What is the capital of Spain?", "chosen": "Madrid."}""" + "\n" + """{"prompt": "And of Portugal?", "chosen": "Lisbon.", "rejected": "Porto."}""";

    private TestHub hub = null!;
    private Guid projectId;

    [Fact]
    public async Task PreviewAsync_FileWithABadLine_ShowsRowsAndTheErrorByLineAndWritesNothing()
    {
        var id = await UploadAsync(Mixed);

        var preview = await hub.Get<ImportService>().PreviewAsync(hub.Admin, projectId, id, new ImportChoice(), default);

        Assert.Equal("trl-preference", preview.Format);
        Assert.Equal(3, preview.Good);
        Assert.Equal(3, Assert.Single(preview.Errors).Line);
        Assert.Contains("rejected", preview.Errors[0].Message);
        Assert.Equal(0, await PromptsAsync());
    }

    [Fact]
    public async Task Run_AllOrNothingWithABadLine_TakesNothingAndSaysWhy()
    {
        var import = await RunAsync(Mixed, new ImportChoice { BadRows = BadRowRule.AllOrNothing });

        Assert.Equal(ImportState.Failed, import.State);
        Assert.StartsWith("1 of its records are bad", import.Failure);
        Assert.Equal(0, await PromptsAsync());
    }

    [Fact]
    public async Task Run_GoodRows_TakesThemAndKeepsTheErrors()
    {
        var import = await RunAsync(Mixed, new ImportChoice { BadRows = BadRowRule.GoodRows });

        Assert.Equal(ImportState.Completed, import.State);
        Assert.Equal((3, 3, 1), (import.Counts.Taken, import.Counts.Judgments, import.Counts.Bad));
        Assert.Equal(3, Assert.Single(import.Errors).Line);
    }

    [Fact]
    public async Task Run_AfterAFailure_CanBeStartedAnewWithAnotherRule()
    {
        var id = await UploadAsync(Mixed);
        await StartAsync(id, new ImportChoice { BadRows = BadRowRule.AllOrNothing });

        var import = await StartAsync(id, new ImportChoice { BadRows = BadRowRule.GoodRows });

        Assert.Equal(ImportState.Completed, import.State);
        Assert.Equal(3, await PromptsAsync());
    }

    [Fact]
    public async Task UploadAsync_SameFileAgain_IsRefused()
    {
        await RunAsync(Good, new ImportChoice());

        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => UploadAsync(Good));

        Assert.Contains("imported into this project already", error.Message);
    }

    [Fact]
    public async Task Run_PromptThatIsThere_AddsToIt()
    {
        await RunAsync(Good, new ImportChoice());

        var import = await RunAsync("""{"prompt": "What is the capital of France?", "chosen": "It is Paris.", "rejected": "Nice."}""", new ImportChoice());

        Assert.Equal((0, 1), (import.Counts.NewPrompts, import.Counts.KnownPrompts));
        Assert.Equal(2, await PromptsAsync());
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    public async Task Run_NearlyTheSamePrompt_IsCountedAndLeftOutIfAsked(bool skips, int prompts)
    {
        var words = string.Join(' ', Enumerable.Range(0, 120).Select(word => $"word{word}"));
        await RunAsync(Line(words + " once"), new ImportChoice());

        var import = await RunAsync(Line(words + " Once!"), new ImportChoice { SkipsNearDuplicates = skips });

        Assert.Equal(1, import.Counts.NearDuplicates);
        Assert.Equal(prompts, await PromptsAsync());
    }

    [Theory]
    [InlineData("../../etc/passwd.jsonl", "passwd.jsonl")]
    [InlineData(@"C:\data\set.jsonl", "set.jsonl")]
    public async Task UploadAsync_NameWithAPath_KeepsTheNameAlone(string sent, string kept)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(Good));

        var id = await hub.Get<ImportService>().UploadAsync(hub.Admin, projectId, sent, stream, default);

        Assert.Equal(kept, (await hub.Get<ImportService>().GetAsync(hub.Admin, projectId, id, default)).FileName);
    }

    [Fact]
    public async Task Run_PlainTexts_AreRefusedBecauseThereIsNothingToLabel()
    {
        var import = await RunAsync("""{"text": "Once upon a time."}""", new ImportChoice { BadRows = BadRowRule.GoodRows });

        Assert.Equal(0, import.Counts.Taken);
        Assert.Contains("it has no prompt", Assert.Single(import.Errors).Message);
    }

    [Fact]
    public async Task Run_ReplyLongerThanTheProjectTakes_IsAnErrorOfItsLine()
    {
        projectId = await hub.AddProjectAsync(new ProjectSettings { MaxReplyCharacters = 5 });

        var import = await RunAsync(Good, new ImportChoice { BadRows = BadRowRule.GoodRows });

        Assert.Equal(2, import.Counts.Bad);
        Assert.StartsWith("Line 1: the reply has 6 characters", import.Errors[0].Message);
    }

    [Fact]
    public async Task ImportedTask_IsNeverHandedOut()
    {
        await RunAsync(Good, new ImportChoice());
        var rater = await hub.AddMemberAsync(projectId);

        var next = await hub.Get<Domain.Queue.QueueService>().NextAsync(rater, projectId, new Domain.Queue.NextTaskOptions(), default);

        Assert.Null(next.Task);
    }

    public async Task InitializeAsync()
    {
        hub = await TestHub.CreateAsync();
        projectId = await hub.AddProjectAsync(new ProjectSettings { Kinds = [TaskKind.Comparison] });
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();

    private static string Line(string prompt) => $$"""{"prompt": "{{prompt}}", "chosen": "Yes.", "rejected": "No."}""";

    private async Task<Guid> UploadAsync(string text)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return await hub.Get<ImportService>().UploadAsync(hub.Admin, projectId, "pairs.jsonl", stream, default);
    }

    private async Task<ImportDetails> StartAsync(Guid id, ImportChoice choice)
    {
        await hub.Get<ImportService>().StartAsync(hub.Admin, projectId, id, choice, default);
        await hub.Get<ImportRunner>().RunAsync(id, default);
        return await hub.Get<ImportService>().GetAsync(hub.Admin, projectId, id, default);
    }

    private async Task<ImportDetails> RunAsync(string text, ImportChoice choice) => await StartAsync(await UploadAsync(text), choice);

    private async Task<int> PromptsAsync()
    {
        await using var db = await hub.OpenAsync();
        return await db.Prompts.CountAsync();
    }
}
