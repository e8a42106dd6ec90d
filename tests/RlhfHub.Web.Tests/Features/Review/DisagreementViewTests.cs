using Bunit;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Review;
using RlhfHub.Web.Features.Review;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Review;

public sealed class DisagreementViewTests : ComponentTest
{
    private readonly List<Answer> answers = [];

    [Fact]
    [Covers(typeof(DisagreementView), ComponentState.Many)]
    public void Render_RatersWhoSawDifferentOrders_AreTranslatedToOne()
    {
        var shown = Show(Reviewed.Judgment(new ComparisonAnswer { Better = 0, Strength = 1, Rationale = "أوضح" }, "10"), Reviewed.Judgment(new ComparisonAnswer { Better = 1, Strength = 1 }, "01"));

        Assert.Equal(["B is better", "A is better"], shown.FindAll(".answers b").Select(answer => answer.TextContent));
        Assert.Equal(["Reply of place 1", "Reply of place 0"], shown.FindAll(".pane .text").Select(reply => reply.TextContent.Trim()));
        Assert.Equal("auto", shown.Find(".answers q").GetAttribute("dir"));
    }

    [Fact]
    public async Task KeyAsync_AnAnswer_SettlesIt()
    {
        var shown = Show(Reviewed.Judgment(new ComparisonAnswer { Better = 0, Strength = 1 }), Reviewed.Judgment(new ComparisonAnswer { Better = 1, Strength = 1 }));

        await shown.InvokeAsync(() => shown.Instance.KeyAsync("7"));

        Assert.Equal(1, Assert.IsType<ComparisonAnswer>(Assert.Single(answers)).Better);
    }

    [Fact]
    [Covers(typeof(DisagreementView), ComponentState.ReadOnly)]
    public async Task KeyAsync_ReadOnly_SettlesNothing()
    {
        var shown = Show(Reviewed.Judgment(new ComparisonAnswer { Better = 0, Strength = 1 }), Reviewed.Judgment(new ComparisonAnswer { Better = 1, Strength = 1 }));
        shown.Render(parameters => parameters.Add(view => view.IsReadOnly, true));

        await shown.InvokeAsync(() => shown.Instance.KeyAsync("7"));

        Assert.Empty(answers);
        Assert.DoesNotContain("Your word settles it", shown.Markup, StringComparison.Ordinal);
        Assert.Empty(shown.FindAll("[data-task]"));
    }

    private IRenderedComponent<DisagreementView> Show(params JudgmentDetails[] judgments) => Render<DisagreementView>(parameters => parameters
        .Add(view => view.Judgments, judgments).Add(view => view.Settings, new ProjectSettings()).Add(view => view.Settled, (Answer answer) => answers.Add(answer)));
}
