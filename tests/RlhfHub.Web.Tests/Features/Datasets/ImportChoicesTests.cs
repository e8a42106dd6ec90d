using Bunit;
using RlhfHub.Domain.Datasets.Formats;
using RlhfHub.Domain.Datasets.Imports;
using RlhfHub.Web.Features.Datasets;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Datasets;

public sealed class ImportChoicesTests : ComponentTest
{
    private ImportChoice? chosen;

    [Fact]
    public void Render_FormatNotRecognised_AsksForOne()
    {
        var choices = Show(new ImportChoice(), null);

        Assert.Equal(DatasetFormats.All.Count + 1, choices.FindAll("#format option").Count);
        Assert.Equal("Not recognised: choose one", choices.Find("#format option").TextContent);
    }

    [Fact]
    [Covers(typeof(ImportChoices), ComponentState.Many)]
    public void Change_ColumnOfATable_KeepsTheOthersAsSuggested()
    {
        var preview = new ImportPreview("csv", [], [], 0, new Dictionary<string, int>(), true) { Header = ["question", "answer", "best"] };
        var choices = Show(new ImportChoice { Format = "csv" }, preview);

        choices.Find("#column-chosen").Change("best");

        Assert.Equal(("question", "answer", "best"), (chosen!.Columns!.Prompt, chosen.Columns.Completion, chosen.Columns.Chosen));
    }

    [Fact]
    [Covers(typeof(ImportChoices), ComponentState.Empty)]
    public void Change_Format_ForgetsTheColumnsOfTheOtherOne()
    {
        var choices = Show(new ImportChoice { Format = "csv", Columns = new ColumnMapping { Prompt = "q" } }, null);

        choices.Find("#format").Change("hh-rlhf");

        Assert.Equal(("hh-rlhf", null), (chosen!.Format, chosen.Columns));
    }

    private IRenderedComponent<ImportChoices> Show(ImportChoice choice, ImportPreview? preview) =>
        Render<ImportChoices>(parameters => parameters.Add(view => view.Choice, choice).Add(view => view.Preview, preview).Add(view => view.Changed, changed => chosen = changed));
}
