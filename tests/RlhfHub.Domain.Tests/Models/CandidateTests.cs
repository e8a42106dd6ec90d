using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Tests.Models;

public sealed class CandidateTests : IAsyncLifetime
{
    private TestHub hub = null!;
    private Guid project;

    [Fact]
    public async Task Run_AnOrder_WritesEachReplyOnceWithItsOrigin()
    {
        var job = await OrderAsync(prompts: 20, new CandidateOrder { Replies = 3, Limit = 19, Temperature = 0.7, TopP = 0.9, MaxNewTokens = 50, Seed = 100 });

        await RunAsync(job);

        var progress = await hub.Get<CandidateService>().GetAsync(hub.Admin, project, job, default);
        var replies = await RepliesAsync();
        Assert.Equal((CandidateState.Completed, 19, 19, 57), (progress.State, progress.Prompts, progress.PromptsDone, progress.Written));
        Assert.Equal(Enumerable.Range(100, 57).Select(seed => (long)seed), replies.Select(reply => reply.Sampling!.Seed).Order());
        Assert.All(replies, reply => Assert.Equal((ResponseOrigin.Model, "starter", 0.7, 0.9, 50), (reply.Origin, reply.ModelName, reply.Sampling!.Temperature, reply.Sampling.TopP, reply.Sampling.MaxNewTokens)));
        Assert.All(replies.GroupBy(reply => reply.PromptId), group => Assert.Equal(3, group.Count()));
    }

    [Fact]
    public async Task Run_InterruptedAndGoneOn_GivesWhatOneRunGives()
    {
        var job = await OrderAsync(prompts: 20, new CandidateOrder { Replies = 2 });
        hub.Models.FailsAfter = 25;
        await Assert.ThrowsAsync<ModelException>(() => RunAsync(job));
        Assert.Contains("tried again", (await hub.Get<CandidateService>().GetAsync(hub.Admin, project, job, default)).Note);
        Assert.Equal(16, (await RepliesAsync()).Count);   // one whole portion
        hub.Models.FailsAfter = int.MaxValue;

        Assert.Equal([job], await hub.Get<CandidateRunner>().WaitingAsync(default));
        await RunAsync(job);

        var replies = await RepliesAsync();
        Assert.Equal(40, replies.Count);
        Assert.Equal(40, replies.Select(reply => reply.Sampling!.Seed).Distinct().Count());
        Assert.Null((await hub.Get<CandidateService>().GetAsync(hub.Admin, project, job, default)).Note);
    }

    [Fact]
    public async Task Run_TwiceAtOnce_WritesNothingTwice()
    {
        var job = await OrderAsync(prompts: 10, new CandidateOrder { Replies = 2 });

        await Task.WhenAll(RunAsync(job), RunAsync(job));
        await RunAsync(job);

        Assert.Equal(20, (await RepliesAsync()).Count);
    }

    [Fact]
    public async Task Cancel_WhileItRuns_StopsIt()
    {
        var job = await OrderAsync(prompts: 20, new CandidateOrder { Replies = 1 });
        hub.Models.Before = async () =>
        {
            if (hub.Models.Asked.Count == 8) await hub.Get<CandidateService>().CancelAsync(hub.Admin, project, job, default);
        };

        await RunAsync(job);

        Assert.Equal(CandidateState.Cancelled, (await hub.Get<CandidateService>().GetAsync(hub.Admin, project, job, default)).State);
        Assert.Equal(8, (await RepliesAsync()).Count);
    }

    [Fact]
    public async Task Run_PromptThatTheModelRefuses_GoesOnWithTheOthers()
    {
        var job = await OrderAsync(prompts: 3, new CandidateOrder { Replies = 1 });
        hub.Models.Reply = (messages, _) => messages[^1].Content.StartsWith("Question 2 ", StringComparison.Ordinal) ? throw new ModelException("It is too long.", isRefusal: true) : "Yes.";

        await RunAsync(job);

        var progress = await hub.Get<CandidateService>().GetAsync(hub.Admin, project, job, default);
        Assert.Equal((CandidateState.Completed, 2, 1, "It is too long."), (progress.State, progress.Written, progress.Missing, progress.Note));
    }

    [Fact]
    public async Task Tasks_OfRepliesThatNameTheirWriter_WaitForAnAdmin()
    {
        var job = await OrderAsync(prompts: 1, new CandidateOrder { Replies = 2 });
        hub.Models.Reply = (_, sampling) => sampling.Seed == 1 ? "I am Starter." : "Hello.";
        await RunAsync(job);
        var candidates = hub.Get<CandidateService>();
        var batch = new TaskBatch { Kind = TaskKind.Comparison };

        Assert.Equal(0, (await hub.Get<TaskService>().CreateAsync(hub.Admin, project, batch, default)).Created);
        var flagged = Assert.Single((await candidates.FlaggedAsync(hub.Admin, project, new PageRequest(), default)).Items);
        Assert.Equal("I am Starter", flagged.Flag);
        await candidates.ClearAsync(hub.Admin, project, flagged.Id, default);

        Assert.Equal(1, (await hub.Get<TaskService>().CreateAsync(hub.Admin, project, batch, default)).Created);
        Assert.Empty((await candidates.FlaggedAsync(hub.Admin, project, new PageRequest(), default)).Items);
    }

    [Fact]
    public async Task Start_NoSuchPrompt_IsRefused() =>
        await Assert.ThrowsAsync<InvalidRequestException>(() => hub.Get<CandidateService>().StartAsync(hub.Admin, project, new CandidateOrder { Filter = new() { Tag = "none" } }, default));

    public async Task InitializeAsync()
    {
        hub = await TestHub.CreateAsync();
        project = await hub.AddProjectAsync();
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();

    private async Task<Guid> OrderAsync(int prompts, CandidateOrder order)
    {
        for (var prompt = 0; prompt < prompts; prompt++)
            await hub.Get<PromptService>().AddAsync(hub.Admin, project, new PromptDraft { Messages = [new(Message.User, $"Question {prompt + 1} of many")] }, default);
        return await hub.Get<CandidateService>().StartAsync(hub.Admin, project, order, default);
    }

    private Task RunAsync(Guid job) => hub.Get<CandidateRunner>().RunAsync(job, default);

    private async Task<List<Response>> RepliesAsync()
    {
        await using var db = await hub.OpenAsync();
        return await db.Responses.AsNoTracking().ToListAsync();
    }
}
