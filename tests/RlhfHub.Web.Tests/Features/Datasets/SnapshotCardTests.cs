using Bunit;
using RlhfHub.Domain.Datasets;
using RlhfHub.Web.Features.Datasets;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Datasets;

public sealed class SnapshotCardTests : ComponentTest
{
    [Fact]
    [Covers(typeof(SnapshotCard), ComponentState.One)]
    public void Render_OfRankings_OffersOnlyFormatsThatCarryThem()
    {
        var card = Show(changed: 0, canExport: true, ("ranking", 7));

        Assert.Contains("order of replies: 7", card.Markup, StringComparison.Ordinal);
        Assert.NotEmpty(card.FindAll("option"));
        Assert.DoesNotContain(card.FindAll("option"), option => option.GetAttribute("value") == "trl-preference");
    }

    [Fact]
    public void Render_JudgmentsChangedSince_SaysHowMany()
    {
        Assert.Contains("2 of its judgments have changed since.", Show(changed: 2, canExport: false, ("preference", 3)).Markup, StringComparison.Ordinal);
    }

    [Fact]
    [Covers(typeof(SnapshotCard), ComponentState.ReadOnly)]
    public void Render_ForReviewers_HasNoExport()
    {
        Assert.Empty(Show(changed: 0, canExport: false, ("preference", 3)).FindAll("form"));
    }

    [Fact]
    [Covers(typeof(SnapshotCard), ComponentState.Empty)]
    public void Describe_Nothing_SaysWhy()
    {
        Assert.Equal("It would hold nothing: no judgment fits these rules yet.", SnapshotCard.Describe(new SnapshotCounts(0, 0, new Dictionary<string, int>(), new Dictionary<string, int>())));
    }

    [Fact]
    [Covers(typeof(SnapshotCard), ComponentState.Many)]
    public void Render_OfSeveralKinds_CountsEach()
    {
        var card = Show(changed: 0, canExport: false, ("ranking", 7), ("preference", 3));

        Assert.Contains("order of replies: 7, comparison: 3", card.Markup, StringComparison.Ordinal);
    }

    [Fact]
    [Covers(typeof(SnapshotCard), ComponentState.Error)]
    public void Export_Refused_SaysWhy()
    {
        JSInterop.SetupModule("./Features/Datasets/SnapshotCard.razor.js").Setup<string?>("download", _ => true).SetResult("This project is gone.");
        var card = Show(changed: 0, canExport: true, ("preference", 3));

        card.Find("form").Submit();

        Assert.Equal("This project is gone.", card.Find("[role=alert]").TextContent);
    }

    private IRenderedComponent<SnapshotCard> Show(int changed, bool canExport, params (string Kind, int Count)[] kinds)
    {
        var counts = new SnapshotCounts(3, 3, kinds.ToDictionary(kind => kind.Kind, kind => kind.Count), new Dictionary<string, int>());
        var snapshot = new SnapshotDetails(Guid.NewGuid(), "First", new SnapshotRules(), new string('a', 64), counts, changed, DateTime.UnixEpoch);
        return Render<SnapshotCard>(parameters => parameters.Add(card => card.Snapshot, snapshot).Add(card => card.ProjectId, Guid.NewGuid()).Add(card => card.CanExport, canExport));
    }
}
