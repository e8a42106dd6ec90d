using Bunit;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Review;
using RlhfHub.Web.Features.Mine;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Mine;

public sealed class WorkSummaryTests : ComponentTest
{
    private static readonly DateOnly Today = new(2026, 5, 4);

    [Fact]
    [Covers(typeof(WorkSummary), ComponentState.Empty)]
    public void Render_NoWork_SaysSoAndShowsNoTable()
    {
        var shown = Show(new([], null));

        Assert.Empty(shown.FindAll("table, #agreement"));
        Assert.Contains("You have answered nothing here", shown.Markup);
    }

    [Fact]
    [Covers(typeof(WorkSummary), ComponentState.Many)]
    public void Render_SeveralDays_SumsThemAndShowsEach()
    {
        var shown = Show(new([new(Today, TaskKind.Comparison, 1200, 3_900_000), new(Today.AddDays(-1), TaskKind.Rating, 1, 20_000)], null));

        Assert.Equal("1,201", shown.Find("#answers").TextContent);
        Assert.Equal("1 h 5 min", shown.Find("#time").TextContent);
        Assert.Equal(2, shown.FindAll("tbody tr").Count);
    }

    [Fact]
    [Covers(typeof(WorkSummary), ComponentState.One)]
    public void Render_OneDay_HasItsRow()
    {
        var shown = Show(new([new(Today, TaskKind.Comparison, 1, 20_000)], null));

        Assert.Equal(["2026-05-04", "1", "20 s"], Assert.Single(shown.FindAll("tbody tr")).Children.Select(cell => cell.TextContent).Where((_, column) => column != 1));
    }

    [Fact]
    public void Render_AgreementShown_ComesWithWhatItWasMeasuredOn()
    {
        var shown = Show(new([], new GoldAgreement(3, 4)));

        Assert.Contains("75", shown.Find("#agreement").TextContent);
        Assert.Contains("Measured on 4 first answers", shown.Find(".on").TextContent);
    }

    [Fact]
    public void Render_NothingMeasuredYet_ShowsNoFigure() => Assert.Equal("Not measured yet", Show(new([], new GoldAgreement(0, 0))).Find("#agreement").TextContent);

    private IRenderedComponent<WorkSummary> Show(OwnWork work) => Render<WorkSummary>(parameters => parameters.Add(summary => summary.Work, work).Add(summary => summary.HistoryAddress, "/history"));
}
