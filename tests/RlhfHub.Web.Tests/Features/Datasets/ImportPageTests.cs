using Bunit;
using RlhfHub.Domain.Datasets.Imports;
using RlhfHub.Web.Features.Datasets;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Datasets;

public sealed class ImportPageTests(TestSite site) : PageTest(site)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [Covers(typeof(ImportPage), ComponentState.Lists)]
    public async Task Open_SoManyFiles_ListsThem(int count)
    {
        var (project, admin) = await AddProjectAsync();
        for (var index = 0; index < count; index++) await UploadAsync(admin, project, $$"""{"prompt": "Question {{index}}"}""", $"{index}.jsonl");

        var page = Open<ImportPage>(project);

        Assert.Equal(count, page.FindAll("tbody tr").Count);
        Assert.Equal(count == 0, page.Markup.Contains("Nothing has been imported yet.", StringComparison.Ordinal));
        Assert.NotNull(page.Find("input[type=file]"));
    }

    [Fact]
    public async Task Take_GoodFile_RunsAndCloses()
    {
        var (project, admin) = await AddProjectAsync();
        var file = await UploadAsync(admin, project, """{"prompt": "Why?"}""");
        var page = Open<ImportPage>(project);

        await page.Instance.UploadedAsync(file);
        Assert.Contains("1 good record in the whole file.", page.Markup, StringComparison.Ordinal);
        page.FindAll("button").Single(button => button.TextContent == "Take it into the project").Click();

        Assert.Empty(page.FindAll("#preview-head"));
        Assert.Contains((await Get<ImportService>().GetAsync(admin, project, file, default)).State, new[] { ImportState.Queued, ImportState.Completed });
    }

    [Fact]
    [Covers(typeof(ImportPage), ComponentState.Error)]
    [Covers(typeof(ImportChoices), ComponentState.Error)]
    public async Task Look_FileThatNoFormatFits_SaysSoAndAsksForAnother()
    {
        var (project, admin) = await AddProjectAsync();
        var file = await UploadAsync(admin, project, "\u0001\u0002 no data set", "photo.bin");
        var page = Open<ImportPage>(project);

        await page.Instance.UploadedAsync(file);

        Assert.NotEqual("", page.Find("[role=alert]").TextContent.Trim());
        Assert.Equal("Not recognised: choose one", page.Find("#format option").TextContent);
        Assert.Empty(page.FindAll("#preview-head"));
    }
}
