using Bunit;
using RlhfHub.Domain.Prompts;
using RlhfHub.Web.Features.Prompts;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Prompts;

public sealed class PromptPartsTests : ComponentTest
{
    [Fact]
    [Covers(typeof(PromptDetail), ComponentState.Loading)]
    public void Detail_RepliesNotRead_SaysThatTheyLoad()
    {
        Assert.NotNull(Detail(null).Find("[aria-label='Loading the replies']"));
    }

    [Fact]
    [Covers(typeof(PromptDetail), ComponentState.Empty)]
    public void Detail_NoReplies_SaysSo()
    {
        Assert.Contains("It has no replies yet.", Detail([]).Markup, StringComparison.Ordinal);
    }

    [Fact]
    [Covers(typeof(PromptDetail), ComponentState.One)]
    public void Detail_ForWhoMayNotKnowWriters_NamesNone()
    {
        var detail = Detail([new ResponseDetails(Guid.NewGuid(), "<b>Because</b> of the steam.", null, null, null, DateTime.UnixEpoch)]);

        Assert.Equal("<b>Because</b> of the steam.", detail.Find("li .text").TextContent);
        Assert.Empty(detail.FindAll("small"));
    }

    [Fact]
    [Covers(typeof(PromptDetail), ComponentState.Many)]
    public void Detail_ManyReplies_ShowsEachWithItsWriter()
    {
        var replies = Enumerable.Range(0, 40).Select(index => new ResponseDetails(Guid.NewGuid(), $"Reply {index}", ResponseOrigin.Import, $"writer {index}", null, DateTime.UnixEpoch)).ToList();

        var items = Detail(replies).FindAll("ol > li");

        Assert.Equal(40, items.Count);
        Assert.Contains("writer 39", items[39].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    [Covers(typeof(PromptFilterBar), ComponentState.Empty)]
    public void FilterBar_Sent_LeavesOutWhatIsBlank()
    {
        PromptFilter? sent = null;
        var bar = Render<PromptFilterBar>(parameters => parameters.Add(view => view.Filter, new PromptFilter()).Add(view => view.Changed, filter => sent = filter));

        bar.Find("#search").Change("  kettle ");
        bar.Find("#tag").Change(" ");
        bar.Find("form").Submit();

        Assert.Equal(new PromptFilter { Search = "kettle" }, sent);
    }

    [Theory]
    [InlineData(0, false, 0)]
    [InlineData(1, false, 5)]
    [InlineData(3, false, 5)]
    [InlineData(0, true, 5)]
    [Covers(typeof(PromptBulkBar), ComponentState.Lists)]
    public void BulkBar_NothingSelected_OffersNothing(int count, bool allMatch, int buttons)
    {
        var bar = Render<PromptBulkBar>(parameters => parameters.Add(view => view.Count, count).Add(view => view.AllMatch, allMatch));

        Assert.Equal(buttons, bar.FindAll("button").Count);
        Assert.Equal(buttons == 0 ? 0 : 2, bar.FindAll("button[disabled]").Count);   // adding and removing a tag wait for its name
    }

    private IRenderedComponent<PromptDetail> Detail(IReadOnlyList<ResponseDetails>? replies) => Render<PromptDetail>(parameters => parameters
        .Add(view => view.Prompt, new PromptSummary(Guid.NewGuid(), [new(Message.User, "لماذا؟")], "", Split.Train, [], null, 0, 0, DateTime.UnixEpoch, Guid.NewGuid())).Add(view => view.Replies, replies));
}
