using Bunit;
using RlhfHub.Web.Shared;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Shared;

public sealed class SharedPartsTests : ComponentTest
{
    [Fact]
    [Covers(typeof(Markdown), ComponentState.Empty)]
    [Covers(typeof(RawText), ComponentState.Empty)]
    public void Text_Empty_IsAnEmptyPlaceOfItsOwn()
    {
        Assert.Equal("", Render<Markdown>(parameters => parameters.Add(view => view.Text, "")).Find("[dir=auto]").TextContent);
        Assert.Equal("", Render<RawText>(parameters => parameters.Add(view => view.Text, "")).Find("[dir=auto]").TextContent);
    }

    [Theory]
    [InlineData("", "", 0, 0)]
    [InlineData("same words", "same words", 0, 0)]
    [InlineData("", "new words", 0, 1)]
    [InlineData("old words", "", 1, 0)]
    [Covers(typeof(WordDiff), ComponentState.Empty)]
    public void WordDiff_OneSideEmpty_IsAllOutOrAllIn(string old, string @new, int taken, int added)
    {
        var view = Render<WordDiff>(parameters => parameters.Add(diff => diff.Old, old).Add(diff => diff.New, @new));

        Assert.Equal((taken, added), (view.FindAll("del").Count, view.FindAll("ins").Count));
    }

    [Fact]
    public void WordDiff_TooLongToCompare_SaysSo() =>
        Assert.Equal("These texts are too long to be compared word by word.", Render<WordDiff>(parameters => parameters.Add(diff => diff.Old, Written.Of(40_000)).Add(diff => diff.New, "short")).Find("[role=note]").TextContent);

    [Theory]
    [InlineData(null, 0)]
    [InlineData("Only admins may do this.", 1)]
    [Covers(typeof(ProblemLine), ComponentState.Empty | ComponentState.Error)]
    public void ProblemLine_OnlyWhereThereIsOne_IsSaidAtOnce(string? problem, int alerts)
    {
        var line = Render<ProblemLine>(parameters => parameters.Add(view => view.Text, problem));

        Assert.Equal(alerts, line.FindAll("[role=alert]").Count);
        Assert.Equal(problem ?? "", string.Concat(line.FindAll("[role=alert]").Select(alert => alert.TextContent.Trim())));
    }

    [Fact]
    [Covers(typeof(StatusLine), ComponentState.Error)]
    public void StatusLine_NotAsItShouldBe_DiffersByMoreThanColour()
    {
        Assert.NotEqual(Icon(isGood: true), Icon(isGood: false));

        string Icon(bool isGood) => Render<StatusLine>(parameters => parameters.Add(line => line.IsGood, isGood).AddChildContent("Database")).Find("svg").InnerHtml;
    }
}
