using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Queue;
using RlhfHub.Domain.Review;

namespace RlhfHub.Domain.Tests.Datasets;

public sealed class SnapshotServiceTests : IAsyncLifetime
{
    private TestHub hub = null!;
    private Guid projectId;
    private Actor[] raters = [];
    private Actor reviewer = Actor.Anonymous;
    private int keys;

    [Fact]
    public async Task CreateAsync_SameRulesAndData_GivesTheSameHashAndReadsBack()
    {
        for (var task = 0; task < 3; task++) await hub.AddTaskAsync(projectId);
        await LabelAllAsync(raters[0], _ => new ComparisonAnswer { Better = 1, Strength = 2 });

        var first = await SnapshotAsync(new SnapshotRules());
        hub.Time.Advance(TimeSpan.FromHours(1));
        var second = await SnapshotAsync(new SnapshotRules());

        Assert.Equal(first.ContentHash, second.ContentHash);
        Assert.Equal(3, first.Counts.Judgments);
        Assert.Equal(3, first.Counts.Examples["preference"]);
        Assert.Equal(3, (await ReadAsync(first.Id)).Count);
    }

    [Fact]
    public async Task CreateAsync_AnotherAnswer_GivesAnotherHash()
    {
        await hub.AddTaskAsync(projectId);
        await LabelAllAsync(raters[0], _ => new ComparisonAnswer { Better = 1, Strength = 2 });
        var before = await SnapshotAsync(new SnapshotRules());

        var judgment = (await hub.Get<LabelingService>().HistoryAsync(raters[0], projectId, default)).Single();
        await hub.Get<LabelingService>().EditAsync(raters[0], projectId, judgment.Id, Submission(new ComparisonAnswer { Better = 0, Strength = 3 }), default);
        var after = await SnapshotAsync(new SnapshotRules());

        Assert.NotEqual(before.ContentHash, after.ContentHash);
        Assert.Equal(1, (await hub.Get<SnapshotService>().GetAsync(hub.Admin, projectId, before.Id, default)).Changed);
        Assert.Equal(0, after.Changed);
    }

    [Fact]
    public async Task ReadAsync_JudgmentEditedSince_StillGivesWhatWasFrozen()
    {
        await hub.AddTaskAsync(projectId);
        await LabelAllAsync(raters[0], _ => new ComparisonAnswer { Better = 1, Strength = 2 });
        var frozen = await SnapshotAsync(new SnapshotRules());
        var before = await ReadAsync(frozen.Id);

        var judgment = (await hub.Get<LabelingService>().HistoryAsync(raters[0], projectId, default)).Single();
        await hub.Get<LabelingService>().UndoAsync(raters[0], projectId, judgment.Id, default);

        Assert.Equal(before, await ReadAsync(frozen.Id));
    }

    [Fact]
    public async Task ReadAsync_TextChangedBehindThePlatform_Throws()
    {
        await hub.AddTaskAsync(projectId);
        await LabelAllAsync(raters[0], _ => new ComparisonAnswer { Better = 1, Strength = 2 });
        var frozen = await SnapshotAsync(new SnapshotRules());

        await using (var db = await hub.OpenAsync()) await db.Database.ExecuteSqlRawAsync("UPDATE Responses SET Text = Text || '!'");

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(frozen.Id));
        Assert.Contains("no longer has the content that was frozen", error.Message);
    }

    [Fact]
    public async Task CreateAsync_ShownSwapped_StillPrefersTheReplyThatWasMeant()
    {
        for (var task = 0; task < 6; task++) await hub.AddTaskAsync(projectId);
        // Always the reply whose text begins with "Reply 0", wherever it is shown.
        await LabelAllAsync(raters[0], task => new ComparisonAnswer { Better = task.Replies[0].StartsWith("Reply 0", StringComparison.Ordinal) ? 0 : 1, Strength = 1 });

        var examples = await ReadAsync((await SnapshotAsync(new SnapshotRules())).Id);

        Assert.All(examples.Cast<PreferenceExample>(), pair => Assert.StartsWith("Reply 0", pair.Chosen.Text));
    }

    [Theory]
    [InlineData(TieRule.Drop, 0)]
    [InlineData(TieRule.Soften, 2)]
    [InlineData(TieRule.Keep, 1)]
    public async Task CreateAsync_Tie_FollowsTheRule(TieRule rule, int examples)
    {
        await hub.AddTaskAsync(projectId);
        await LabelAllAsync(raters[0], _ => new ComparisonAnswer());

        var snapshot = await SnapshotAsync(new SnapshotRules { Ties = rule });

        Assert.Equal(examples, snapshot.Counts.Examples.Values.Sum());
    }

    [Fact]
    public async Task CreateAsync_BothBadWithABetterReply_IsADemonstrationAndNoPair()
    {
        await hub.AddTaskAsync(projectId);
        await LabelAllAsync(raters[0], _ => new ComparisonAnswer { BothBad = true, BetterReply = "This one." });

        var example = Assert.Single(await ReadAsync((await SnapshotAsync(new SnapshotRules())).Id));

        Assert.Equal("This one.", Assert.IsType<DemonstrationExample>(example).Completion.Text);
    }

    [Theory]
    [InlineData(Aggregation.All, 3)]
    [InlineData(Aggregation.Majority, 1)]
    public async Task CreateAsync_ThreeRatersDisagree_IsAggregated(Aggregation aggregation, int examples)
    {
        await hub.AddTaskAsync(projectId, required: 3);
        await LabelAllAsync(raters[0], _ => Prefers(_, "Reply 0", 3));
        await LabelAllAsync(raters[1], _ => Prefers(_, "Reply 0", 1));
        await LabelAllAsync(raters[2], _ => Prefers(_, "Reply 1", 3));

        var read = await ReadAsync((await SnapshotAsync(new SnapshotRules { Aggregation = aggregation })).Id);

        Assert.Equal(examples, read.Count);
        if (aggregation == Aggregation.Majority) Assert.Equal(2, Assert.IsType<PreferenceExample>(read[0]).Margin);
    }

    [Fact]
    public async Task CreateAsync_OneReliableAgainstTwoUnreliable_WeightedFollowsTheReliable()
    {
        for (var gold = 0; gold < 8; gold++) await hub.AddTaskAsync(projectId, purpose: TaskPurpose.Gold, expected: new ComparisonAnswer { Better = 0, Strength = 1 });
        for (var task = 0; task < 40; task++) await hub.AddTaskAsync(projectId, required: 3);
        await LabelAllAsync(raters[0], task => Prefers(task, "Reply 0", 1));
        foreach (var careless in raters[1..]) await LabelAllAsync(careless, task => Prefers(task, "Reply 1", 1));

        var weighted = await ReadAsync((await SnapshotAsync(new SnapshotRules { Aggregation = Aggregation.Weighted })).Id);
        var majority = await ReadAsync((await SnapshotAsync(new SnapshotRules { Aggregation = Aggregation.Majority })).Id);

        Assert.Equal((40, 40), (weighted.Count, majority.Count));
        Assert.All(weighted.Cast<PreferenceExample>(), pair => Assert.StartsWith("Reply 0", pair.Chosen.Text));
        Assert.All(majority.Cast<PreferenceExample>(), pair => Assert.StartsWith("Reply 1", pair.Chosen.Text));
    }

    [Fact]
    public async Task CreateAsync_SettledByAReviewer_TakesTheReviewersWordAlone()
    {
        var task = await hub.AddTaskAsync(projectId, required: 2);
        await LabelAllAsync(raters[0], view => Prefers(view, "Reply 0", 1));
        await LabelAllAsync(raters[1], view => Prefers(view, "Reply 1", 1));
        await hub.Get<ReviewService>().AdjudicateAsync(reviewer, projectId, task.Id, Submission(new ComparisonAnswer { Better = 1, Strength = 3 }), default);

        var example = Assert.Single(await ReadAsync((await SnapshotAsync(new SnapshotRules())).Id));

        var pair = Assert.IsType<PreferenceExample>(example);
        Assert.StartsWith("Reply 1", pair.Chosen.Text);
        Assert.Equal(3, pair.Margin);
        Assert.Equal(2, (await hub.TaskAsync(task.Id)).CountedJudgments);
    }

    [Fact]
    public async Task CreateAsync_CannotJudge_TakesAPlaceAndMakesNoExample()
    {
        var task = await hub.AddTaskAsync(projectId);
        await LabelAllAsync(raters[0], _ => new ComparisonAnswer { CannotJudge = true });

        var snapshot = await SnapshotAsync(new SnapshotRules());

        Assert.Equal(1, (await hub.TaskAsync(task.Id)).CountedJudgments);
        Assert.Empty(snapshot.Counts.Examples);
    }

    [Fact]
    public async Task HoldingAsync_JudgmentInTwoSnapshots_NamesBoth()
    {
        await hub.AddTaskAsync(projectId);
        await LabelAllAsync(raters[0], _ => new ComparisonAnswer { Better = 1, Strength = 2 });
        var judgment = (await hub.Get<LabelingService>().HistoryAsync(raters[0], projectId, default)).Single();
        var (first, second) = (await SnapshotAsync(new SnapshotRules()), await SnapshotAsync(new SnapshotRules { Ties = TieRule.Keep }));

        var holding = await hub.Get<SnapshotService>().HoldingAsync(reviewer, projectId, judgment.Id, default);

        Assert.Equal([first.Id, second.Id], holding.Select(entry => entry.SnapshotId));
    }

    [Fact]
    public async Task CreateAsync_NothingToTake_SaysSo()
    {
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => SnapshotAsync(new SnapshotRules()));

        Assert.Contains("take no judgment", error.Message);
    }

    public async Task InitializeAsync()
    {
        hub = await TestHub.CreateAsync();
        projectId = await hub.AddProjectAsync(new ProjectSettings { GoldShare = 0.5 });
        raters = [await hub.AddMemberAsync(projectId), await hub.AddMemberAsync(projectId), await hub.AddMemberAsync(projectId)];
        reviewer = await hub.AddMemberAsync(projectId, ProjectRole.Reviewer);
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();

    private static ComparisonAnswer Prefers(TaskView task, string beginning, int strength) =>
        new() { Better = task.Replies[0].StartsWith(beginning, StringComparison.Ordinal) ? 0 : 1, Strength = strength };

    private Submission Submission(Answer answer) => new() { Answer = answer, ClientKey = $"snapshot-{keys++:D4}" };

    private async Task LabelAllAsync(Actor rater, Func<TaskView, Answer> answer)
    {
        while ((await hub.Get<QueueService>().NextAsync(rater, projectId, new NextTaskOptions(), default)).Task is { } task)
        {
            await hub.Get<LabelingService>().SubmitAsync(rater, projectId, task.AssignmentId, Submission(answer(task)), default);
        }
    }

    private async Task<SnapshotDetails> SnapshotAsync(SnapshotRules rules)
    {
        var id = await hub.Get<SnapshotService>().CreateAsync(hub.Admin, projectId, new SnapshotDraft { Name = "Set", Rules = rules }, default);
        return await hub.Get<SnapshotService>().GetAsync(hub.Admin, projectId, id, default);
    }

    private async Task<List<Example>> ReadAsync(Guid snapshotId)
    {
        List<Example> examples = [];
        await foreach (var example in hub.Get<SnapshotReader>().ReadAsync(snapshotId, default)) examples.Add(example.Example);
        return examples;
    }
}
