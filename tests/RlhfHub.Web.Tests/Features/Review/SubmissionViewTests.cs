using Bunit;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Review;
using RlhfHub.Web.Features.Labeling;
using RlhfHub.Web.Features.Review;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Review;

public sealed class SubmissionViewTests : ComponentTest
{
    private static readonly ProjectSettings Settings = new() { Kinds = [.. KindNames.All], Classification = new() { Labels = [new() { Name = "spam" }, new() { Name = "ham" }] } };

    private readonly List<Answer> answers = [];

    public static TheoryData<Answer, string> Answers => new()
    {
        { new ComparisonAnswer { Better = 1, Strength = 2 }, "01" },
        { new DemonstrationAnswer { Text = "What I would say" }, "" },
        { new RatingAnswer { Points = new Dictionary<string, int> { ["Helpfulness"] = 4, ["Harmlessness"] = 5, ["Honesty"] = 5 } }, "0" },
        { new ClassificationAnswer { Labels = ["ham"] }, "0" },
        { new RankingAnswer { Ranks = [2, 1, 3] }, "012" },
        { new ComparisonAnswer { CannotJudge = true }, "10" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    [Covers(typeof(SubmissionView), ComponentState.One | ComponentState.ReadOnly)]
    public void Render_EveryKind_ShowsTheAnswerInTheRatersForm(Answer answer, string order)
    {
        var shown = Show(Reviewed.Judgment(answer, order));

        Assert.Contains(AnswerText.Of(ReviewedTask.Answer(Reviewed.Judgment(answer, order), order)), shown.Find(".answer").TextContent);
        Assert.Single(shown.FindAll(".task"));
        // What only changes how the texts are seen stays.
        Assert.All(shown.FindAll("button[aria-keyshortcuts]").Where(button => button.GetAttribute("aria-keyshortcuts") is not ("e" or "m" or "d" or "p" or "v")), button => Assert.True(button.HasAttribute("disabled")));
    }

    [Fact]
    public void Render_RepliesShownTheOtherWayRound_AreWhereTheRaterSawThem()
    {
        var shown = Show(Reviewed.Judgment(new ComparisonAnswer { Better = 1, Strength = 1 }, "10"));

        Assert.Equal(["Reply of place 1", "Reply of place 0"], shown.FindAll(".pane .text").Select(reply => reply.TextContent.Trim()));
        Assert.StartsWith("A is better", shown.Find(".answer b").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeyAsync_WhileFixing_SendsTheAnswerInShownPositions()
    {
        var shown = Show(Reviewed.Judgment(new ComparisonAnswer { Better = 0, Strength = 1 }, "10"), isFixing: true);

        await shown.InvokeAsync(() => shown.Instance.KeyAsync("1"));

        var sent = Assert.IsType<ComparisonAnswer>(Assert.Single(answers));
        Assert.Equal((0, 3), (sent.Better, sent.Strength));
    }

    [Fact]
    public async Task KeyAsync_NotFixing_ChangesNothing()
    {
        var shown = Show(Reviewed.Judgment(new ComparisonAnswer { Better = 0, Strength = 1 }));

        await shown.InvokeAsync(() => shown.Instance.KeyAsync("1"));

        Assert.Empty(answers);
    }

    [Theory]
    [InlineData(true, "Agrees with the known answer")]
    [InlineData(false, "Differs from the known answer")]
    public void Render_KnownAnswer_SaysWhetherItAgrees(bool matches, string sentence) =>
        Assert.Contains(sentence, Show(Reviewed.Judgment(new ComparisonAnswer { Better = 0, Strength = 1 }, matchesGold: matches)).Markup);

    [Fact]
    public void Render_VeryLongAndRightToLeftTexts_KeepTheirDirection()
    {
        var shown = Show(Reviewed.Judgment(new ComparisonAnswer { Better = 0, Strength = 1 }, replies: [string.Concat(Enumerable.Repeat("ما هي عاصمة فرنسا؟ ", 2000)), "short"]), rater: "ليلى");

        Assert.All(shown.FindAll(".pane .text > div"), reply => Assert.Equal("auto", reply.GetAttribute("dir")));
        Assert.Equal("auto", shown.FindAll(".about span").Single(span => span.TextContent == "ليلى").GetAttribute("dir"));
    }

    private IRenderedComponent<SubmissionView> Show(JudgmentDetails details, bool isFixing = false, string rater = "Ben") => Render<SubmissionView>(parameters => parameters
        .Add(view => view.Details, details).Add(view => view.Settings, Settings).Add(view => view.IsFixing, isFixing).Add(view => view.Rater, rater).Add(view => view.Fixed, (Answer answer) => answers.Add(answer)));
}
