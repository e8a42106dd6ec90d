using Bunit;
using RlhfHub.Domain.Projects;
using RlhfHub.Web.Features.Audit;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Audit;

public sealed class AuditPagesTests(TestSite site) : PageTest(site)
{
    [Fact]
    [Covers(typeof(AuditPage), ComponentState.Lists)]
    public async Task Filter_ManyOneOrNone_ShowsThese()
    {
        var (project, admin) = await AddProjectAsync();
        await Get<ProjectService>().CloneAsync(admin, project, "The only clone", default);
        var page = Open<AuditPage>();
        Assert.InRange(page.FindAll("tbody tr").Count, 2, 50);

        page.Find("#action").Input("project.clone");
        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")), TimeSpan.FromSeconds(5));
        page.Find("#action").Input("no.such.action");

        page.WaitForAssertion(() => Assert.Equal("No entry fits.", page.Find("p[role=status]").TextContent), TimeSpan.FromSeconds(5));
        Assert.Empty(page.FindAll("table"));
    }

    [Fact]
    [Covers(typeof(ProjectLogPage), ComponentState.Lists)]
    public async Task FilterOfAProject_ManyOneOrNone_ShowsThese()
    {
        var (project, admin) = await AddProjectAsync();
        await ArchiveAsync(admin, project);
        await Get<ProjectService>().WriteGuidelinesAsync(admin, project, 0, "Be kind.", default);
        var page = Open<ProjectLogPage>(project);
        Assert.Equal(3, page.FindAll("tbody tr").Count);

        Filter("project.archive");
        Assert.Single(page.FindAll("tbody tr"));
        Filter("no.such.action");

        Assert.Equal("No entry fits.", page.Find("p[role=status]").TextContent);
        Assert.Empty(page.FindAll("table"));

        void Filter(string action)
        {
            page.Find("#action").Change(action);
            page.Find("form").Submit();
        }
    }

    [Fact]
    [Covers(typeof(AuditTable), ComponentState.Lists)]
    public void Table_NoneOneOrMany_HasARowForEach()
    {
        for (var count = 0; count < 3; count++)
        {
            var entries = Enumerable.Range(1, count).Select(number => new Domain.Audit.AuditRecord(number, default, null, null, "person.create", null, "", "{}")).ToList();

            var rows = Render<AuditTable>(parameters => parameters.Add(table => table.Entries, entries)).FindAll("tbody tr");

            Assert.Equal(count, rows.Count);
            Assert.All(rows, row => Assert.Contains("nobody signed in", row.TextContent, StringComparison.Ordinal));
        }
    }
}
