using AngleSharp.Dom;
using Bunit;
using RlhfHub.Domain.Projects;
using RlhfHub.Web.Features.Datasets;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Datasets;

public sealed class DatasetsPageTests(TestSite site) : PageTest(site)
{
    [Fact]
    [Covers(typeof(DatasetsPage), ComponentState.Lists)]
    [Covers(typeof(SnapshotForm), ComponentState.Empty | ComponentState.One)]
    public async Task Freeze_NoneThenOneThenTwo_ShowsEach()
    {
        var (project, admin) = await AddProjectAsync();
        var page = Open<DatasetsPage>(project);
        Assert.Contains("There are no snapshots yet.", page.Markup, StringComparison.Ordinal);
        Button(page, "Count what it would hold").Click();
        Assert.Contains("It would hold nothing", page.Find(".found").TextContent, StringComparison.Ordinal);
        Assert.True(Button(page, "Freeze").HasAttribute("disabled"));
        await AddTasksAsync(admin, project, 1);
        await AnswerAsync(await AddMemberAsync(project), project, 1);

        foreach (var name in new[] { "First", "Second" })
        {
            Button(page, "Count what it would hold").Click();
            Assert.DoesNotContain("nothing", page.Find(".found").TextContent, StringComparison.Ordinal);
            page.Find("#snapshot-name").Change(name);
            Button(page, "Freeze").Click();
            Assert.Contains(name, page.FindAll("article h3").Select(heading => heading.TextContent));
        }

        Assert.Equal(2, page.FindAll("article").Count);
    }

    [Fact]
    [Covers(typeof(DatasetsPage), ComponentState.ReadOnly)]
    public async Task Open_AsAReviewer_OffersNeitherFreezingNorExport()
    {
        var (project, admin) = await AddProjectAsync();
        await AddTasksAsync(admin, project, 1);
        await AnswerAsync(await AddMemberAsync(project), project, 1);
        await Get<Domain.Datasets.SnapshotService>().CreateAsync(admin, project, new() { Name = "First", Rules = new() }, default);
        await SignInAsync(await AddMemberAsync(project, ProjectRole.Reviewer));

        var page = Open<DatasetsPage>(project);

        Assert.Single(page.FindAll("article"));
        Assert.Empty(page.FindAll("input, select, form"));
    }

    [Fact]
    [Covers(typeof(DatasetsPage), ComponentState.Error)]
    public async Task Freeze_Nothing_SaysWhyAndKeepsTheForm()
    {
        var (project, _) = await AddProjectAsync();
        var page = Open<DatasetsPage>(project);
        page.Find("#snapshot-name").Change("Nothing");

        Button(page, "Freeze").Click();

        Assert.NotEqual("", page.Find("[role=alert]").TextContent.Trim());
        Assert.Equal("Nothing", page.Find("#snapshot-name").GetAttribute("value"));
    }

    private static IElement Button(IRenderedComponent<DatasetsPage> page, string text) => page.FindAll("button").Single(button => button.TextContent == text);
}
