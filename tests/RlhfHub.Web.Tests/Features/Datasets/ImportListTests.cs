using Bunit;
using RlhfHub.Domain.Datasets.Imports;
using RlhfHub.Web.Features.Datasets;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Datasets;

public sealed class ImportListTests : ComponentTest
{
    [Fact]
    [Covers(typeof(ImportList), ComponentState.Loading)]
    public void Render_NotRead_SaysThatItLoads()
    {
        var list = Render<ImportList>(parameters => parameters.Add(view => view.Imports, null));

        Assert.NotNull(list.Find("[aria-label='Loading the imports']"));
    }

    [Fact]
    [Covers(typeof(ImportList), ComponentState.Empty)]
    public void Render_None_SaysSo()
    {
        var list = Render<ImportList>(parameters => parameters.Add(view => view.Imports, []));

        Assert.Equal("Nothing has been imported yet.", list.Find("p").TextContent);
    }

    [Fact]
    [Covers(typeof(ImportList), ComponentState.Many)]
    public void Render_Many_OpensTheOneThatIsAsked()
    {
        ImportDetails? opened = null;
        var imports = Enumerable.Range(0, 50).Select(index => Import(ImportState.Uploaded, 0, failure: null, $"{index}.jsonl")).ToList();
        var list = Render<ImportList>(parameters => parameters.Add(view => view.Imports, imports).Add(view => view.Opened, import => opened = import));

        list.FindAll("button")[30].Click();

        Assert.Equal("30.jsonl", opened!.FileName);
    }

    [Theory]
    [InlineData(ImportState.Uploaded, 0, "not taken yet", true)]
    [InlineData(ImportState.Queued, 250, "running", false)]
    [InlineData(ImportState.Completed, 2312, "done", false)]
    [InlineData(ImportState.Failed, 0, "failed", true)]
    [InlineData(ImportState.Failed, 500, "failed", false)]
    [Covers(typeof(ImportList), ComponentState.One)]
    public void Render_ByState_OffersALookWhereNothingIsTaken(ImportState state, long done, string word, bool isOffered)
    {
        var list = Render<ImportList>(parameters => parameters.Add(view => view.Imports, [Import(state, done, failure: null)]));

        Assert.Equal(word, list.FindAll("td")[1].TextContent);
        Assert.Equal(isOffered ? 1 : 0, list.FindAll("button").Count);
    }

    [Fact]
    [Covers(typeof(ImportList), ComponentState.Error)]
    public void Render_FailedWithALongRightToLeftName_ShowsReasonAndNameAsItIs()
    {
        var name = new string('ب', 200) + ".jsonl";

        var list = Render<ImportList>(parameters => parameters.Add(view => view.Imports, [Import(ImportState.Failed, 0, "3 of its records are bad, so nothing was taken.", name)]));

        Assert.Equal(name, list.Find("[dir=auto]").TextContent);
        Assert.Contains("3 of its records are bad", list.Find(".failure").TextContent, StringComparison.Ordinal);
    }

    private static ImportDetails Import(ImportState state, long done, string? failure, string name = "pairs.jsonl") =>
        new(Guid.NewGuid(), name, 1, "hh-rlhf", state, BadRowRule.AllOrNothing, done, new ImportCounts(), [], failure, DateTime.UnixEpoch);
}
