using Bunit;
using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Datasets.Formats;
using RlhfHub.Domain.Datasets.Imports;
using RlhfHub.Domain.Prompts;
using RlhfHub.Web.Features.Datasets;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Datasets;

public sealed class ImportPreviewTableTests : ComponentTest
{
    [Fact]
    [Covers(typeof(ImportPreviewTable), ComponentState.One)]
    public void Render_GoodRows_ShowsWhatComesIn()
    {
        var row = new ImportRow(1, 1, new PreferenceExample([new(Message.User, "Why?")], "Because.", "Who knows."), null);

        var table = Show([row], []);

        Assert.Equal(["1", "comparison", "Why?"], table.FindAll("tbody td").Take(3).Select(cell => cell.TextContent));
        Assert.Equal(["Because.", "Who knows."], table.FindAll("tbody td:last-child div").Select(reply => reply.TextContent));
        Assert.Empty(table.FindAll(".errors"));
    }

    [Fact]
    [Covers(typeof(ImportPreviewTable), ComponentState.Error)]
    public void Render_BadRows_ListsTheFirstOfThemAndCountsTheRest()
    {
        var errors = Enumerable.Range(1, 25).Select(line => new ImportError(line, $"Line {line}: 'chosen' is missing; expected a non-empty string.")).ToList();

        var table = Show([], errors);

        Assert.Equal("25 bad records", table.Find("summary").TextContent);
        Assert.Equal(20, table.FindAll(".errors li").Count);
        Assert.Contains("And 5 more.", table.Markup, StringComparison.Ordinal);
        Assert.Empty(table.FindAll("table"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [Covers(typeof(ImportPreviewTable), ComponentState.Empty | ComponentState.Many)]
    public void Render_SoManyRows_HasOneForEachAndNoTableForNone(int count)
    {
        var table = Show([.. Enumerable.Range(1, count).Select(line => new ImportRow(line, line, new PromptExample([new(Message.User, "Why?")]), null))], []);

        Assert.Equal(count, table.FindAll("tbody tr").Count);
        Assert.Equal(count > 0 ? 1 : 0, table.FindAll("table").Count);
        Assert.Equal($"{count} good records in the whole file.", table.Find("[role=status]").TextContent);
    }

    [Fact]
    public void Render_VeryLongText_IsCut()
    {
        var table = Show([new ImportRow(1, 1, new PromptExample([new(Message.User, new string('x', 100_000))]), null)], []);

        Assert.Equal(301, table.FindAll("tbody td")[2].TextContent.Length);
    }

    private IRenderedComponent<ImportPreviewTable> Show(IReadOnlyList<ImportRow> rows, IReadOnlyList<ImportError> errors) =>
        Render<ImportPreviewTable>(parameters => parameters.Add(view => view.Preview, new ImportPreview("hh-rlhf", rows, errors, rows.Count, new Dictionary<string, int>(), true)));
}
