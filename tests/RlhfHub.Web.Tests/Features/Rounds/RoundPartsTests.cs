using System.Text.Json.Nodes;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Time.Testing;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.Rounds;
using RlhfHub.Web.Features.Rounds;
using RlhfHub.Web.Live;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Rounds;

public sealed class RoundPartsTests : ComponentTest
{
    private static readonly DateTime Now = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    [Covers(typeof(RoundList), ComponentState.Empty)]
    [Fact]
    public void List_Empty_SaysWhatARoundIsAndOffersTheFirst()
    {
        var list = List([], canLaunch: true);

        Assert.Contains("A round turns judgments into a better model", list.Markup, StringComparison.Ordinal);
        Assert.Contains("/rounds/new", list.Find("a").GetAttribute("href"), StringComparison.Ordinal);
    }

    [Covers(typeof(RoundList), ComponentState.ReadOnly)]
    [Fact]
    public void List_EmptyForAReviewer_OffersNothing()
    {
        var list = List([], canLaunch: false);

        Assert.Empty(list.FindAll("a"));
        Assert.Contains("admins launch rounds", list.Markup, StringComparison.Ordinal);
    }

    [Covers(typeof(RoundList), ComponentState.One | ComponentState.Many)]
    [Fact]
    public void List_Many_ShowsEachWithStateReasonAndStages()
    {
        var list = List([Round(RoundState.Running, RoundWish.Run), Round(RoundState.Failed, RoundWish.Run, "The disk is full.")], canLaunch: true);

        Assert.Equal(2, list.FindAll("h3").Count);
        Assert.Contains("The disk is full.", list.Markup, StringComparison.Ordinal);
        Assert.Contains("Running, step 25 of 100, about 3 minutes left", list.Markup, StringComparison.Ordinal);
        Assert.Equal(("100", "25"), (list.Find("progress").GetAttribute("max"), list.Find("progress").GetAttribute("value")));
    }

    [Covers(typeof(RoundControls), ComponentState.Many)]
    [Theory]
    [InlineData(RoundState.Running, RoundWish.Run, new[] { "Pause", "Save a checkpoint", "Stop" })]
    [InlineData(RoundState.Queued, RoundWish.Run, new[] { "Pause", "Stop" })]
    [InlineData(RoundState.Running, RoundWish.Pause, new[] { "Go on", "Stop" })]
    [InlineData(RoundState.Running, RoundWish.Stop, new string[0])]
    [InlineData(RoundState.Paused, RoundWish.Pause, new[] { "Go on", "Stop" })]
    [InlineData(RoundState.Failed, RoundWish.Run, new[] { "Try again from the last checkpoint" })]
    [InlineData(RoundState.Cancelled, RoundWish.Stop, new[] { "Go on" })]
    [InlineData(RoundState.Completed, RoundWish.Run, new string[0])]
    public void Controls_EachState_OfferWhatIsPossible(RoundState state, RoundWish wish, string[] buttons)
    {
        var controls = Render<RoundControls>(parameters => parameters.Add(part => part.Round, Round(state, wish)).Add(part => part.AgainAddress, "/again"));

        Assert.Equal(buttons, controls.FindAll("button").Select(button => button.TextContent.Trim()));
        Assert.Single(controls.FindAll("a[href='/again']"));
    }

    [Fact]
    public void Controls_Stop_AsksFirst()
    {
        var stopped = 0;
        var controls = Render<RoundControls>(parameters => parameters.Add(part => part.Round, Round(RoundState.Running, RoundWish.Run)).Add(part => part.AgainAddress, "/again").Add(part => part.Stopped, () => stopped++));

        Press(controls, "Stop");
        Assert.Equal(0, stopped);
        Press(controls, "Let it go on");
        Assert.Empty(controls.FindAll("[role=alertdialog]"));
        Press(controls, "Stop");
        Press(controls, "Stop the round");

        Assert.Equal(1, stopped);
    }

    [Covers(typeof(StageSteps), ComponentState.Many)]
    [Fact]
    public void Steps_WhereOneCanBeChosen_AreButtons()
    {
        Guid? chosen = null;
        var round = Round(RoundState.Running, RoundWish.Run);
        var steps = Render<StageSteps>(parameters => parameters.Add(part => part.Runs, round.Runs).Add(part => part.Now, Now).Add(part => part.ChosenId, round.Runs[0].Id).Add(part => part.Chosen, id => chosen = id));

        steps.FindAll("button")[1].Click();

        Assert.Equal(round.Runs[1].Id, chosen);
        Assert.Equal(["true", "false"], steps.FindAll("button").Select(button => button.GetAttribute("aria-pressed")));
    }

    [Covers(typeof(TroublePanel), ComponentState.One)]
    [Fact]
    public void Trouble_SuggestsGentlerOptions_AndGoesOnWithWhatIsWritten()
    {
        JsonObject? options = null;
        var panel = Trouble(canManage: true, given => options = given);

        Assert.Equal("5e-6", panel.Find("#way-learning_rate").GetAttribute("value"));
        Assert.Equal("0.1", panel.Find("#way-kl_coef").GetAttribute("value"));
        panel.Find("#way-kl_coef").Change("much");
        panel.Find("form").Submit();
        Assert.Null(options);
        Assert.Contains("KL price must be a number", panel.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        panel.Find("#way-kl_coef").Change("0.3");
        panel.Find("form").Submit();

        Assert.Equal("""{"learning_rate":5E-06,"kl_coef":0.3}""", options?.ToJsonString());
    }

    [Fact]
    public void Trouble_ARateFarBeyondTheUsual_SuggestsOneNearIt()
    {
        var panel = Render<TroublePanel>(parameters => parameters.Add(part => part.Stage, new StagePlan { Kind = "sft", Options = new() { ["learning_rate"] = 10.0 } }).Add(part => part.Reason, "").Add(part => part.CanManage, true));

        Assert.Equal("2e-4", panel.Find("#way-learning_rate").GetAttribute("value"));
    }

    [Covers(typeof(TroublePanel), ComponentState.ReadOnly)]
    [Fact]
    public void Trouble_ForAReviewer_CanOnlyBeRead()
    {
        var panel = Trouble(canManage: false, _ => { });

        Assert.Contains("KL of 300", panel.Markup, StringComparison.Ordinal);
        Assert.Empty(panel.FindAll("form, button"));
    }

    [Theory]
    [InlineData(RoundState.Paused, true, RunState.Paused, "KL of 300", true)]
    [InlineData(RoundState.Paused, false, RunState.Paused, null, false)]
    [InlineData(RoundState.Failed, false, RunState.Failed, "a lower learning_rate helps", true)]
    [InlineData(RoundState.Failed, false, RunState.Failed, "The disk is full.", false)]
    [InlineData(RoundState.Completed, false, RunState.Completed, null, false)]
    public void Trouble_IsWhatOtherOptionsCanCure(RoundState state, bool isInTrouble, RunState runState, string? reason, bool isShown)
    {
        var round = Round(state, RoundWish.Run) with { IsInTrouble = isInTrouble };

        Assert.Equal(isShown, TroublePanel.RunOf(round with { Runs = [round.Runs[0] with { State = runState, Reason = reason }, round.Runs[1]] }) is not null);
    }

    [Covers(typeof(StageForm), ComponentState.One | ComponentState.Error)]
    [Covers(typeof(OptionInput), ComponentState.One | ComponentState.Error)]
    [Fact]
    public void StageForm_ShowsData_RefusalAtItsStage_AndFaultAtItsField()
    {
        StageDraft stage = new("reward");
        var form = Form(stage, new StagePreview("reward", 1204, 812, 96, "starter", "There are too few comparisons."));

        form.Find("#s-learning_rate").Change("fast");

        Assert.Contains("1,204 comparisons from 812 prompts, 96 to measure on, agreement 0.71", form.Markup, StringComparison.Ordinal);
        Assert.Equal("There are too few comparisons.", form.Find(".refusal").TextContent);
        Assert.Equal("true", form.Find("#s-learning_rate").GetAttribute("aria-invalid"));
        Assert.Contains("Learning rate must be a number", form.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Empty(form.FindAll("#s-weight_decay"));   // below the fold
    }

    [Fact]
    public void StageForm_LoraChosen_ShowsItsOptions()
    {
        var form = Form(new StageDraft("sft"), null);
        Assert.Empty(form.FindAll("#s-lora-rank"));

        form.Find("#s-peft_method").Change("lora");

        Assert.Equal("8", form.Find("#s-lora-rank").GetAttribute("value"));
    }

    [Fact]
    public void StageForm_Ppo_OffersRewardModels_ButNoRetiredOnes()
    {
        var form = Form(new StageDraft("ppo"), null, Version("good", VersionRole.Reward), Version("old", VersionRole.Reward, VersionState.Retired), Version("writer", VersionRole.Policy, VersionState.InUse));

        Assert.Equal(["this round's, else the project's newest", "good"], form.FindAll("#s-reward option").Select(option => option.TextContent));
        Assert.Equal(["the usual one", "writer (in use)"], form.FindAll("#s-from option").Select(option => option.TextContent));
    }

    [Covers(typeof(StartChoice), ComponentState.Error)]
    [Fact]
    public void Start_AtATimeThatIsOver_SaysSo()
    {
        StartChoice.When? chosen = null;
        var start = Render<StartChoice>(parameters => parameters.Add(part => part.Now, Now).Add(part => part.Changed, when => chosen = when));

        start.FindAll("input[type=radio]")[1].Change(true);
        Assert.Equal(Now.AddHours(1), chosen!.At);
        Assert.Equal(DateTimeKind.Utc, chosen.At!.Value.Kind);
        start.Find("#start-at").Change("2025-01-01T10:00");

        Assert.Null(chosen.At);
        Assert.Equal("Choose a time that is still to come.", start.Find("[role=alert]").TextContent);
    }

    [Fact]
    public void Start_AfterJudgments_TakesAWholeNumber()
    {
        StartChoice.When? chosen = null;
        var start = Render<StartChoice>(parameters => parameters.Add(part => part.Now, Now).Add(part => part.Changed, when => chosen = when));

        start.FindAll("input[type=radio]")[2].Change(true);
        start.Find("#start-judgments").Change("250");
        Assert.Equal(250, chosen!.AfterJudgments);
        start.Find("#start-judgments").Change("-1");

        Assert.NotNull(chosen.Fault);
    }

    [Covers(typeof(RoundDifferences), ComponentState.Many)]
    [Fact]
    public void Differences_AreSentences()
    {
        var part = Render<RoundDifferences>(parameters => parameters.Add(part => part.LastNumber, 3).Add(part => part.Differences, [new("sft", "Steps", "20", "40"), new("dpo", null, null, "")]));

        Assert.Equal(["Supervised fine-tuning: Steps is 40, was 20", "Preference optimisation (DPO) is new"], part.FindAll("li").Select(item => item.TextContent));
    }

    [Covers(typeof(RunCharts), ComponentState.Empty)]
    [Fact]
    public void Charts_WithoutMeasurements_SaySo() => Assert.Contains("Nothing has been measured yet.", Charts(new MetricCurves()).Markup, StringComparison.Ordinal);

    [Covers(typeof(RunCharts), ComponentState.Many)]
    [Covers(typeof(MetricChart), ComponentState.Many)]
    [Fact]
    public void Charts_AreDrawnForEachGroup_AndSayTheirLastValue()
    {
        MetricCurves curves = new();
        for (var step = 1; step <= 3; step++) curves.Add(Measured(step, ("loss", 4.0 / step), ("eval_loss", 5), ("num_tokens", step)));

        var charts = Charts(curves);

        Assert.Equal("loss: 3 points, last 1.333; eval_loss: 3 points, last 5", Assert.Single(charts.FindAll("[role=img]")).GetAttribute("aria-label"));
        charts.Find("button").Click();
        Assert.Equal(2, charts.FindAll("[role=img]").Count);
    }

    [Fact]
    public void Charts_MoreEventsButTheSameVersion_AreNotDrawnAgain()
    {
        MetricCurves curves = new();
        curves.Add(Measured(1, ("loss", 1)));
        var charts = Charts(curves);
        curves.Add(Measured(2, ("loss", 2)));

        charts.Render(parameters => parameters.Add(part => part.Version, 1));
        Assert.Contains("1 points", charts.Find("[role=img]").GetAttribute("aria-label"), StringComparison.Ordinal);
        charts.Render(parameters => parameters.Add(part => part.Version, 2));

        Assert.Contains("2 points", charts.Find("[role=img]").GetAttribute("aria-label"), StringComparison.Ordinal);
    }

    [Covers(typeof(RunSamples), ComponentState.Empty | ComponentState.One)]
    [Fact]
    public void Samples_SideBySide_EscapeWhatTheModelWrote()
    {
        var samples = Render<RunSamples>(parameters => parameters.Add(part => part.Pairs, [new("Hello <b>", new(0, "<script>", null), new(9, "", 0.5), true)]));

        Assert.Equal(["<script>", "(an empty reply)"], samples.FindAll("blockquote").Select(text => text.TextContent));
        Assert.Equal(["Before training", "After training, score 0.50"], samples.FindAll("h3").Select(text => text.TextContent));
        Assert.Contains("There are no samples yet.", Render<RunSamples>(parameters => parameters.Add(part => part.Pairs, [])).Markup, StringComparison.Ordinal);
    }

    [Covers(typeof(RunLog), ComponentState.Empty | ComponentState.Many)]
    [Fact]
    public void Log_TellsEachKindInWords()
    {
        RunEventDetails[] events =
        [
            Event(4, "error", """{"message":"Out of memory.","detail":"at X"}"""), Event(3, "checkpoint", """{"step":50,"path":"c"}"""), Event(2, "state", """{"state":"resumed","fromStep":40}"""), Event(1, "log", """{"message":"Odd.","level":"warning"}"""),
        ];

        var log = Render<RunLog>(parameters => parameters.Add(part => part.Events, events));

        Assert.Equal(["Error: Out of memory.", "Saved a checkpoint at step 50.", "Goes on from step 40", "Warning: Odd."], log.FindAll("li > span").Select(text => text.TextContent));
        Assert.Equal("at X", log.Find("pre").TextContent);
        Assert.Contains("not told anything", Render<RunLog>(parameters => parameters.Add(part => part.Events, [])).Markup, StringComparison.Ordinal);
    }

    [Covers(typeof(RunFacts), ComponentState.One)]
    [Fact]
    public void Facts_ShowOptionsThatDiffer_AndWhereDataComeFrom()
    {
        var facts = Render<RunFacts>(parameters => parameters.Add(part => part.ProjectId, Guid.NewGuid()).Add(part => part.Stage, new StagePlan { Kind = "sft", Options = new() { ["max_steps"] = 20L, ["num_train_epochs"] = 3.0 } }));

        Assert.Equal(["Learned from", "Started from", "Became", "Steps"], facts.FindAll("dt").Select(term => term.TextContent));
        Assert.Equal("20", facts.FindAll("dd")[^1].TextContent);
    }

    [Fact]
    public async Task LiveLook_AFloodOfNews_LooksAFewTimesASecond()
    {
        LiveFeed feed = new();
        FakeTimeProvider time = new();
        using CancellationTokenSource closed = new();
        var looks = 0;
        var project = Guid.NewGuid();
        var follow = new LiveLook(feed, time).FollowAsync(
            news => news.ProjectId == project,
            hasNews =>
            {
                if (hasNews) looks++;
                return Task.CompletedTask;
            },
            closed.Token);

        for (var news = 0; news < 1000; news++)
        {
            feed.Tell(new RoundNews(project, Guid.NewGuid()));
            time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }
        feed.Tell(new RoundNews(Guid.NewGuid(), Guid.NewGuid()));
        await closed.CancelAsync();
        await follow;

        Assert.InRange(looks, 1, 4);
    }

    private static void Press<TComponent>(IRenderedComponent<TComponent> part, string name) where TComponent : IComponent => part.FindAll("button").Single(button => button.TextContent.Trim() == name).Click();

    private static RunEventDetails Event(long seq, string kind, string content) => new(seq, Now, kind, JsonNode.Parse(content)!.AsObject());

    private static JsonObject Measured(long step, params (string Name, double Value)[] metrics) => new() { ["step"] = step, ["metrics"] = new JsonObject(metrics.Select(metric => KeyValuePair.Create(metric.Name, (JsonNode?)metric.Value))) };

    private static RoundSummary Round(RoundState state, RoundWish wish, string? reason = null) => new(
        Guid.NewGuid(), 1, state, wish, reason, false,
        [
            new(Guid.NewGuid(), 0, "sft", RunState.Running, null, 25, 100, 0, Now.AddMinutes(-1), null, null),
            new(Guid.NewGuid(), 1, "reward", RunState.Waiting, null, 0, null, 0, null, null, null),
        ],
        Now, Now.AddMinutes(-1), null);

    private static VersionDetails Version(string name, VersionRole role, VersionState state = VersionState.Candidate) => new()
    {
        Id = Guid.NewGuid(),
        Name = name,
        Role = role,
        Kind = "sft",
        State = state,
        BaseModel = "starter",
        RoundId = Guid.NewGuid(),
        RoundNumber = 1,
        RunId = Guid.NewGuid(),
        Metrics = new Dictionary<string, double>(),
        SizeBytes = 1,
        CreatedAt = Now,
    };

    private IRenderedComponent<RoundList> List(IReadOnlyList<RoundSummary> rounds, bool canLaunch) =>
        Render<RoundList>(parameters => parameters.Add(part => part.Rounds, rounds).Add(part => part.ProjectId, Guid.NewGuid()).Add(part => part.CanLaunch, canLaunch).Add(part => part.Now, Now));

    private IRenderedComponent<TroublePanel> Trouble(bool canManage, Action<JsonObject> resumed) => Render<TroublePanel>(parameters => parameters
        .Add(part => part.Stage, new StagePlan { Kind = "ppo", Options = new() { ["learning_rate"] = 1e-5 } }).Add(part => part.Reason, "The model strayed to a KL of 300.").Add(part => part.CanManage, canManage).Add(part => part.Resumed, resumed));

    private IRenderedComponent<StageForm> Form(StageDraft stage, StagePreview? preview, params VersionDetails[] versions) =>
        Render<StageForm>(parameters => parameters.Add(part => part.Stage, stage).Add(part => part.Preview, preview).Add(part => part.Agreement, 0.71).Add(part => part.Versions, versions).Add(part => part.Id, "s"));

    private IRenderedComponent<RunCharts> Charts(MetricCurves curves) => Render<RunCharts>(parameters => parameters.Add(part => part.Curves, curves).Add(part => part.Version, curves.Version));
}
