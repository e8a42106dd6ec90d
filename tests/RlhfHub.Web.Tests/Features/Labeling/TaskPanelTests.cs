using Bunit;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;
using RlhfHub.Web.Features.Labeling;
using RlhfHub.Web.Tests.States;

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
    [Covers(typeof(ComparisonForm), ComponentState.ReadOnly)]
    [Covers(typeof(DemonstrationForm), ComponentState.ReadOnly)]
    [Covers(typeof(RatingForm), ComponentState.ReadOnly)]
    [Covers(typeof(ClassificationForm), ComponentState.ReadOnly)]
    [Covers(typeof(RankingForm), ComponentState.ReadOnly)]
    [Covers(typeof(ChatForm), ComponentState.ReadOnly)]
    [Covers(typeof(TaskPanel), ComponentState.ReadOnly)]
    [Covers(typeof(ScaleRow), ComponentState.ReadOnly)]
    [Covers(typeof(FormButton), ComponentState.ReadOnly)]
    public async Task KeyAsync_ReadOnly_AnswersNothing(TaskKind kind)
    {
        var panel = Show(FakeDesk.Task(kind), isReadOnly: true);

        await PressAsync(panel, "1", "0", "s", "=", "2", "move:0:1", "Enter", "Enter", "Found", "Send");

        Assert.Empty(answers);
        Assert.All(panel.FindAll("button[aria-keyshortcuts]").Where(button => button.GetAttribute("aria-keyshortcuts") is not ("e" or "m" or "d" or "p")), button => Assert.True(button.HasAttribute("disabled")));
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
    [Covers(typeof(TaskPanel), ComponentState.One)]
    public void Render_EveryControl_HasAName(TaskKind kind)
    {
        var panel = Show(FakeDesk.Task(kind));

        Assert.All(panel.FindAll("button"), button => Assert.NotEqual("", Name(button)));
        Assert.All(panel.FindAll("textarea"), field => Assert.NotNull(panel.Find($"label[for='{field.Id}']")));
    }

    [Fact]
    [Covers(typeof(RatingForm), ComponentState.Many)]
    public async Task KeyAsync_RatingDigits_GoDownTheRows()
    {
        var panel = Show(FakeDesk.Task(TaskKind.Rating, replies: 1));

        await PressAsync(panel, "4", "5", "Enter");
        Assert.Empty(answers);
        await PressAsync(panel, "Backspace", "1", "2", "Enter");

        Assert.Equal(new Dictionary<string, int> { ["Helpfulness"] = 4, ["Harmlessness"] = 1, ["Honesty"] = 2 }, Assert.IsType<RatingAnswer>(Assert.Single(answers)).Points);
    }

    [Fact]
    [Covers(typeof(RatingForm), ComponentState.One)]
    public async Task KeyAsync_OneAttribute_IsRatedAndSent()
    {
        var panel = Show(FakeDesk.Task(TaskKind.Rating, replies: 1), settings: Settings with { Rating = new() { Attributes = [new() { Name = "Help", Points = 3 }] } });

        await PressAsync(panel, "3", "Enter");

        Assert.Equal(new Dictionary<string, int> { ["Help"] = 3 }, Assert.IsType<RatingAnswer>(Assert.Single(answers)).Points);
    }

    [Theory]
    [InlineData("no label is called this", 0)]
    [InlineData("label 37", 1)]
    [InlineData("label", 40)]
    [Covers(typeof(ClassificationForm), ComponentState.Lists)]
    public async Task KeyAsync_LabelsSearched_OnlyOneThatIsFoundIsTaken(string search, int found)
    {
        var settings = Settings with { Classification = new() { Labels = [.. Enumerable.Range(0, 40).Select(index => new ClassLabel { Name = $"label {index}" })] } };
        var panel = Show(FakeDesk.Task(TaskKind.Classification, replies: 0), settings: settings);

        panel.Find("input[type=search]").Input(search);
        Assert.Equal(found, panel.FindAll(".label button").Count);
        Assert.StartsWith($"{found} of 40", panel.Find("#label-count").TextContent, StringComparison.Ordinal);
        await PressAsync(panel, "Found");

        Assert.Equal(found == 0 ? 0 : 1, answers.Count);
    }

    [Fact]
    [Covers(typeof(DemonstrationForm), ComponentState.Empty)]
    public async Task KeyAsync_DemonstrationEmpty_IsNotSent()
    {
        var panel = Show(FakeDesk.Task(TaskKind.Demonstration, replies: 0), settings: Settings with { Demonstration = new() { MinCharacters = 0 } });

        await PressAsync(panel, "Send");

        Assert.Empty(answers);
        Assert.NotEqual("", panel.Find("[role=alert]").TextContent);
    }

    [Fact]
    [Covers(typeof(RankingForm), ComponentState.Many)]
    public async Task KeyAsync_RankingDigits_GivePlacesAndTies()
    {
        var panel = Show(FakeDesk.Task(TaskKind.Ranking, replies: 4));

        await PressAsync(panel, "3", "1", "=", "4", "Enter");
        Assert.Empty(answers);
        await PressAsync(panel, "2", "Enter");

        Assert.Equal([2, 3, 1, 2], Assert.IsType<RankingAnswer>(Assert.Single(answers)).Ranks);
    }

    [Fact]
    [Covers(typeof(RankingForm), ComponentState.Error)]
    public async Task KeyAsync_UntouchedRanking_IsSentOnTheSecondEnter()
    {
        var panel = Show(FakeDesk.Task(TaskKind.Ranking, replies: 3));

        await PressAsync(panel, "Enter");
        Assert.Empty(answers);
        Assert.NotNull(panel.Find("[role=alert]"));
        await PressAsync(panel, "Enter");

        Assert.Equal([1, 2, 3], Assert.IsType<RankingAnswer>(Assert.Single(answers)).Ranks);
    }

    [Fact]
    public async Task KeyAsync_CardMoved_IsSentAtOnce()
    {
        var panel = Show(FakeDesk.Task(TaskKind.Ranking, replies: 3));

        await PressAsync(panel, "move:2:0", "Enter");

        Assert.Equal([2, 3, 1], Assert.IsType<RankingAnswer>(Assert.Single(answers)).Ranks);
    }

    [Fact]
    public async Task KeyAsync_LabelsSearched_TakesTheFirstFound()
    {
        var settings = Settings with { Classification = new() { Labels = [.. Enumerable.Range(0, 40).Select(index => new ClassLabel { Name = $"label {index}" })] } };
        var panel = Show(FakeDesk.Task(TaskKind.Classification, replies: 0), settings: settings);
        panel.Find("input[type=search]").Input("37");
        Assert.Single(panel.FindAll(".label button"));

        await PressAsync(panel, "Found");

        Assert.Equal(["label 37"], Assert.IsType<ClassificationAnswer>(Assert.Single(answers)).Labels);
    }

    [Fact]
    public async Task KeyAsync_Raw_ShowsSignsInsteadOfShapesUntilPressedAgain()
    {
        var panel = Show(FakeDesk.Task(reply: "**bold** \u202Eevil"));
        Assert.NotEmpty(panel.FindAll("section strong"));

        await PressAsync(panel, "m");
        Assert.Empty(panel.FindAll("strong"));
        Assert.Contains("**bold**", panel.Markup, StringComparison.Ordinal);
        Assert.NotEmpty(panel.FindAll("[title='U+202E']"));
        await PressAsync(panel, "m");

        Assert.NotEmpty(panel.FindAll("section strong"));
    }

    [Fact]
    public async Task KeyAsync_Difference_NamesTheWordsThatDiffer()
    {
        var panel = Show(FakeDesk.Task());

        await PressAsync(panel, "d");

        Assert.Equal("0", panel.Find("del").TextContent);
        Assert.Equal("1", panel.Find("ins").TextContent);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Render_VeryLongAndRightToLeft_IsShownInFullAndInItsOwnDirection(TaskKind kind)
    {
        var text = string.Concat(Enumerable.Repeat("\u0645\u0631\u062D\u0628\u0627 ", 20_000)) + "end";
        var panel = Show(FakeDesk.Task(kind, reply: text, replies: kind == TaskKind.Demonstration ? 0 : 2) with { Messages = [new(RlhfHub.Domain.Prompts.Message.User, text)] });

        Assert.All(panel.FindAll(".markdown"), shown => Assert.Equal("auto", shown.GetAttribute("dir")));
        Assert.Contains("end", panel.Find("[aria-label=Conversation]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_DraftOfAnotherDevice_IsOffered()
    {
        var task = FakeDesk.Task(TaskKind.Demonstration, replies: 0) with { Draft = new("here", 2, """{"text": "mine"}""", DateTime.UnixEpoch), OtherDrafts = [new("there", 1, """{"text": "theirs"}""", DateTime.UnixEpoch)] };

        var panel = Show(task);

        Assert.Equal("mine", panel.Find("textarea").GetAttribute("value"));
        Assert.Contains("theirs", panel.Find("details").TextContent, StringComparison.Ordinal);
        Assert.Equal("""{"text": "theirs"}""", panel.Find("[data-swap]").GetAttribute("data-swap"));
    }

    [Fact]
    public async Task KeyAsync_LabelDigit_GivesTheLabel()
    {
        var panel = Show(FakeDesk.Task(TaskKind.Classification, replies: 0));

        await PressAsync(panel, "3", "2");

        Assert.Equal(["ham"], Assert.IsType<ClassificationAnswer>(Assert.Single(answers)).Labels);
    }

    [Fact]
    [Covers(typeof(DemonstrationForm), ComponentState.Error)]
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
        Assert.All(panel.FindAll("section .markdown"), text => Assert.Equal("auto", text.GetAttribute("dir")));
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
