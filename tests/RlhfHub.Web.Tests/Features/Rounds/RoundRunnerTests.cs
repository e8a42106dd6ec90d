using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.Prompts;
using RlhfHub.Domain.Rounds;
using RlhfHub.Web.Live;
using RunState = RlhfHub.Domain.Rounds.RunState;

namespace RlhfHub.Web.Tests.Features.Rounds;

/// <summary>The real runner, the real worker, the starter model.</summary>
public sealed class RoundRunnerTests
{
    [Fact]
    public async Task Round_OfThreeStages_LeavesThreeVersionsAndEveryEventOnce()
    {
        await using var site = await RoundSite.CreateAsync();

        var id = await site.LaunchAsync(RoundSite.Stage("sft"), RoundSite.Stage("reward"), RoundSite.Stage("ppo", steps: 2));
        var round = await site.WaitAsync(id, details => details.Summary.State == RoundState.Completed);

        Assert.Equal([("sft", RunState.Completed, 6L, 6L), ("reward", RunState.Completed, 6L, 6L), ("ppo", RunState.Completed, 2L, 2L)],
            round.Summary.Runs.Select(run => (run.Kind, run.State, run.Step, run.Steps!.Value)));
        var versions = (await site.Site.Services.GetRequiredService<VersionService>().ListAsync(site.Admin, site.Project, new PageRequest(), default)).Items;
        Assert.Equal(["round 1 ppo", "round 1 reward", "round 1 sft"], versions.Select(version => version.Name));
        Assert.Equal(versions[2].Id, versions[0].ParentId);   // PPO began where SFT ended
        Assert.Equal(round.SnapshotId, versions[2].SnapshotId);
        foreach (var run in round.Summary.Runs)
        {
            var events = await site.EventsAsync(run.Id);
            Assert.Equal(Enumerable.Range(1, events.Count).Select(seq => (long)seq), events.Select(item => item.Seq));
            Assert.Contains(events, item => item.Kind == "metric");
            Assert.Equal("completed", (string?)events[^1].Content["state"]);
        }

        var reply = "";
        await foreach (var piece in site.Site.Services.GetRequiredService<IModelHost>().WriteAsync(new ModelAddress(ModelSource.Own, ModelVersion.ServedNameOf(versions[0].Id)), [new Message(Message.User, "What is 3 and 1?")], new ReplySampling(0, 1, 8, 1), default)) reply += piece;
        Assert.NotEqual("", reply);
    }

    [Fact]
    public async Task Ppo_WhileItPractises_ReachesRatersAndItsResultIsPutAgainstTheModelInUse()
    {
        await using var site = await RoundSite.CreateAsync();
        var rater = await site.AddRaterAsync("rob@example.org");
        await site.WaitAsync(await site.LaunchAsync(RoundSite.Stage("reward", steps: 4)), details => details.Summary.State == RoundState.Completed);
        var told = new List<DateTime>();
        using var news = site.Site.Services.GetRequiredService<LiveFeed>().Subscribe(item =>
        {
            if (item is TaskNews) told.Add(DateTime.UtcNow);
        });

        var id = await site.LaunchAsync(RoundSite.Stage("ppo", 30, ("learning_rate", 1e-3)));
        await site.WaitAsync(id, details => details.Summary.Runs[0].Step >= 2);
        Assert.True(await site.Rounds.PauseAsync(site.Admin, site.Project, id, default));   // else a quick machine would be done before the model server is up
        await site.WaitAsync(id, details => details.Summary.State == RoundState.Paused);
        var task = await site.NextTaskAsync(rater);   // in the middle of it
        Assert.True(await site.Rounds.ResumeAsync(site.Admin, site.Project, id, new RoundResumption(), default));
        var round = await site.WaitAsync(id, details => details.Summary.State == RoundState.Completed);

        Assert.NotEmpty(told);
        Assert.Equal((TaskKind.Comparison, 2), (task.Kind, task.Replies.Count));
        var all = await site.WaitForHeadToHeadsAsync(entries => entries.Any(entry => entry is { Step: null, State: CandidateState.Completed }));
        var live = all.Where(entry => entry.RunId == round.Summary.Runs[0].Id && entry.Step is not null).ToList();
        Assert.NotEmpty(live);
        Assert.All(live, entry => Assert.Equal("starter", entry.Second));
        var evaluation = Assert.Single(all, entry => entry.FirstVersionId == round.Summary.Runs[0].VersionId);
        Assert.Null(evaluation.WinRate.Rate);
        Assert.InRange(evaluation.Tasks, 1, evaluation.PromptsDone);

        var better = await site.JudgeAllAsync(rater, evaluation.Id, isFirstBetter: true);
        evaluation = (await site.WaitForHeadToHeadsAsync(_ => true)).Single(entry => entry.Id == evaluation.Id);
        Assert.Equal((better, 1.0, 0), ((int)evaluation.WinRate.Count, evaluation.WinRate.Rate, evaluation.Open));
        Assert.InRange(evaluation.WinRate.Low!.Value, 0.2, 0.999);
    }

    [Fact]
    public async Task Pause_AndResume_WaitsInBetween_AndStopEnds()
    {
        await using var site = await RoundSite.CreateAsync();
        var id = await site.LaunchAsync(RoundSite.Stage("sft", steps: 2000));
        await site.WaitAsync(id, details => details.Summary.Runs[0].Step >= 2);

        Assert.True(await site.Rounds.PauseAsync(site.Admin, site.Project, id, default));
        var paused = await site.WaitAsync(id, details => details.Summary.State == RoundState.Paused);
        Assert.False(paused.Summary.IsInTrouble);
        Assert.True(await site.Rounds.CheckpointAsync(site.Admin, site.Project, id, default));
        Assert.True(await site.Rounds.ResumeAsync(site.Admin, site.Project, id, new RoundResumption(), default));
        await site.WaitAsync(id, details => details.Summary.State == RoundState.Running && details.Summary.Runs[0].Step > paused.Summary.Runs[0].Step);
        Assert.True(await site.Rounds.StopAsync(site.Admin, site.Project, id, default));
        var ended = await site.WaitAsync(id, details => details.Summary.State == RoundState.Cancelled);

        Assert.Equal(RunState.Stopped, ended.Summary.Runs[0].State);
        Assert.Contains(await site.EventsAsync(ended.Summary.Runs[0].Id, "checkpoint"), item => item.Content["request"] is not null);
    }

    [Fact]
    public async Task Launch_OptionsOrDataThatDoNotDo_SaysWhyAndLaunchesNothing()
    {
        await using var site = await RoundSite.CreateAsync(prompts: 4);

        async Task<string> RefusalAsync(params StagePlan[] stages) => (await Assert.ThrowsAsync<InvalidRequestException>(() => site.LaunchAsync(stages))).Message;

        Assert.Contains("too few demonstrations", await RefusalAsync(RoundSite.Stage("sft")), StringComparison.Ordinal);
        Assert.Contains("learning_rate", await RefusalAsync(RoundSite.Stage("sft", 2, ("learning_rate", -1))), StringComparison.Ordinal);
        Assert.Contains("nonsense", await RefusalAsync(RoundSite.Stage("sft", 2, ("nonsense", 1))), StringComparison.Ordinal);
        Assert.Contains("reward_model_path", await RefusalAsync(RoundSite.Stage("ppo", 2, ("reward_model_path", "/etc"))), StringComparison.Ordinal);
        Assert.Contains("No round trains 'pretrain'", await RefusalAsync(new StagePlan { Kind = "pretrain" }), StringComparison.Ordinal);
        Assert.Empty((await site.Rounds.ListAsync(site.Admin, site.Project, new PageRequest(), default)).Items);
    }
}
