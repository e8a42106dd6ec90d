using Bunit;
using RlhfHub.Domain.Datasets;
using RlhfHub.Web.Features.Datasets;

namespace RlhfHub.Web.Tests.Features.Datasets;

public sealed class SnapshotCardTests : ComponentTest
{
    [Fact]
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
    public void Render_ForReviewers_HasNoExport()
    {
        Assert.Empty(Show(changed: 0, canExport: false, ("preference", 3)).FindAll("form"));
    }

    [Fact]
    public void Describe_Nothing_SaysWhy()
    {
        Assert.Equal("It would hold nothing: no judgment fits these rules yet.", SnapshotCard.Describe(new SnapshotCounts(0, 0, new Dictionary<string, int>(), new Dictionary<string, int>())));
    }

    private IRenderedComponent<SnapshotCard> Show(int changed, bool canExport, params (string Kind, int Count)[] kinds)
    {
        var counts = new SnapshotCounts(3, 3, kinds.ToDictionary(kind => kind.Kind, kind => kind.Count), new Dictionary<string, int>());
        var snapshot = new SnapshotDetails(Guid.NewGuid(), "First", new SnapshotRules(), new string('a', 64), counts, changed, DateTime.UnixEpoch);
        return Render<SnapshotCard>(parameters => parameters.Add(card => card.Snapshot, snapshot).Add(card => card.ProjectId, Guid.NewGuid()).Add(card => card.CanExport, canExport));
    }
}
