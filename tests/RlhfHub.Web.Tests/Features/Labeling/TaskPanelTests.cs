using Bunit;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;
using RlhfHub.Web.Features.Labeling;

namespace RlhfHub.Web.Tests.Features.Labeling;

public sealed class TaskPanelTests : ComponentTest
{
    private static readonly ProjectSettings Settings = new()
    {
        Kinds = [.. KindNames.All],
        Demonstration = new() { MinCharacters = 10 },
        Classification = new() { Labels = [new() { Name = "spam" }, new() { Name = "ham" }] },
    };

    private readonly List<Answer> answers = [];

    public TaskPanelTests() => Services.AddSingleton<IChatPartner>(new FakeChat());

    public static TheoryData<TaskKind> Kinds => [.. KindNames.All];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task KeyAsync_ReadOnly_AnswersNothing(TaskKind kind)
    {
        var panel = Show(FakeDesk.Task(kind), isReadOnly: true);

        await PressAsync(panel, "1", "0", "s", "=", "2", "Enter", "Send");

        Assert.Empty(answers);
        Assert.All(panel.FindAll("button[aria-keyshortcuts]").Where(button => button.GetAttribute("aria-keyshortcuts") != "e"), button => Assert.True(button.HasAttribute("disabled")));
        Assert.Empty(panel.FindAll("[data-task]"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task KeyAsync_CannotJudge_IsAnAnswerOfEveryKind(TaskKind kind)
    {
        var panel = Show(FakeDesk.Task(kind));

        await PressAsync(panel, "s");

        Assert.True(Assert.Single(answers) is { CannotJudge: true } answer && answer.Kind == kind);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Render_EveryControl_HasAName(TaskKind kind)
    {
        var panel = Show(FakeDesk.Task(kind));

        Assert.All(panel.FindAll("button"), button => Assert.NotEqual("", Name(button)));
        Assert.All(panel.FindAll("textarea"), field => Assert.NotNull(panel.Find($"label[for='{field.Id}']")));
    }

    [Fact]
    public async Task KeyAsync_RatingDigits_GoDownTheRows()
    {
        var panel = Show(FakeDesk.Task(TaskKind.Rating, replies: 1));

        await PressAsync(panel, "4", "5", "Enter");
        Assert.Empty(answers);
        await PressAsync(panel, "Backspace", "1", "2", "Enter");

        Assert.Equal(new Dictionary<string, int> { ["Helpfulness"] = 4, ["Harmlessness"] = 1, ["Honesty"] = 2 }, Assert.IsType<RatingAnswer>(Assert.Single(answers)).Points);
    }

    [Fact]
    public async Task KeyAsync_RankingDigits_GivePlacesAndTies()
    {
        var panel = Show(FakeDesk.Task(TaskKind.Ranking, replies: 4));

        await PressAsync(panel, "3", "1", "=", "4", "Enter");
        Assert.Empty(answers);
        await PressAsync(panel, "2", "Enter");

        Assert.Equal([2, 3, 1, 2], Assert.IsType<RankingAnswer>(Assert.Single(answers)).Ranks);
    }

    [Fact]
    public async Task KeyAsync_LabelDigit_GivesTheLabel()
    {
        var panel = Show(FakeDesk.Task(TaskKind.Classification, replies: 0));

        await PressAsync(panel, "3", "2");

        Assert.Equal(["ham"], Assert.IsType<ClassificationAnswer>(Assert.Single(answers)).Labels);
    }

    [Fact]
    public async Task KeyAsync_DemonstrationTooShort_SaysByHowMuch()
    {
        var panel = Show(FakeDesk.Task(TaskKind.Demonstration, replies: 0));
        panel.Find("textarea").Change("Water.");

        await PressAsync(panel, "Send");
        Assert.Contains("too short by 4 characters", panel.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        panel.Find("textarea").Change("Water it now.");
        await PressAsync(panel, "Send");

        Assert.Equal("Water it now.", Assert.IsType<DemonstrationAnswer>(Assert.Single(answers)).Text);
    }

    [Fact]
    public async Task KeyAsync_ReasonRequired_WaitsForIt()
    {
        var settings = Settings with { Comparison = new() { Rationale = RationaleRule.Required } };
        var panel = Show(FakeDesk.Task(), settings: settings);

        await PressAsync(panel, "1");
        Assert.Empty(answers);
        panel.Find("textarea").Change("It is true.");
        await PressAsync(panel, "Send");

        Assert.Equal("It is true.", Assert.Single(answers).Rationale);
    }

    [Fact]
    public async Task KeyAsync_FurtherQuestions_AreAnsweredRowByRow()
    {
        var settings = Settings with { Comparison = new() { Strengths = 1, AllowsTie = false, Aspects = ["Truth"] } };
        var panel = Show(FakeDesk.Task(), settings: settings);

        await PressAsync(panel, "2", "1", "Enter");

        var answer = Assert.IsType<ComparisonAnswer>(Assert.Single(answers));
        Assert.Equal((1, 1, -1), (answer.Better, answer.Strength, answer.Aspects["Truth"]));
    }

    [Fact]
    public async Task KeyAsync_LongReply_FoldsBothUntilExpanded()
    {
        var panel = Show(FakeDesk.Task(reply: new string('x', 5000)));
        var fold = panel.Find("button[aria-expanded]");
        Assert.Equal("false", fold.GetAttribute("aria-expanded"));

        await PressAsync(panel, "e");

        Assert.Equal("true", panel.Find("button[aria-expanded]").GetAttribute("aria-expanded"));
        Assert.Empty(Show(FakeDesk.Task()).FindAll("button[aria-expanded]"));
    }

    [Fact]
    public void Render_HostileReply_StaysText()
    {
        var panel = Show(FakeDesk.Task(reply: "<img src=x onerror=alert(1)>"));

        Assert.Empty(panel.FindAll("img"));
        Assert.All(panel.FindAll("section > div"), text => Assert.Equal("auto", text.GetAttribute("dir")));
    }

    [Fact]
    public void Render_SavedDraft_IsInTheField()
    {
        var task = FakeDesk.Task() with { Draft = new("device", 1, """{"rationale": "so far", "betterReply": "Mist it."}""", DateTime.UnixEpoch) };

        var panel = Show(task, settings: Settings with { Comparison = new() { Rationale = RationaleRule.Optional } });

        Assert.Equal(["so far", "Mist it."], panel.FindAll("textarea").Select(field => field.GetAttribute("value")));
    }

    private static string Name(AngleSharp.Dom.IElement button) =>
        string.Concat(button.QuerySelectorAll("span").Select(part => part.TextContent)) is { Length: > 0 } name ? name : button.TextContent.Trim();

    private static async Task PressAsync(IRenderedComponent<TaskPanel> panel, params string[] keys)
    {
        foreach (var key in keys) await panel.InvokeAsync(() => panel.Instance.KeyAsync(key));
    }

    private IRenderedComponent<TaskPanel> Show(TaskView view, bool isReadOnly = false, ProjectSettings? settings = null) => Render<TaskPanel>(parameters => parameters
        .Add(panel => panel.View, view).Add(panel => panel.Settings, settings ?? Settings).Add(panel => panel.IsReadOnly, isReadOnly).Add(panel => panel.Answered, answers.Add));
}
