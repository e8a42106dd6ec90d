using Bunit;
using RlhfHub.Domain.Projects;
using RlhfHub.Web.Features.Home;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Home;

public sealed class HomePageTests(TestSite site) : PageTest(site)
{
    [Fact]
    [Covers(typeof(HomePage), ComponentState.Empty)]
    public async Task Open_InNoProject_SaysWhatToWaitFor()
    {
        await SignInAsync(await AddPersonAsync());

        var page = Open<HomePage>();

        Assert.Contains("Nobody has invited you to a project yet", page.Find("#no-projects").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("a[href='/projects/new'], article"));
    }

    [Fact]
    [Covers(typeof(HomePage), ComponentState.One)]
    public async Task Open_OneProjectWithOneTask_ShowsThatItWaits()
    {
        var (project, admin) = await AddProjectAsync();
        await AddTasksAsync(admin, project, 1);
        await SignInAsync(await AddMemberAsync(project));

        var page = Open<HomePage>();

        Assert.Contains("1 comparison waits", Assert.Single(page.FindAll("article")).TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("All projects", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    [Covers(typeof(HomePage), ComponentState.ReadOnly)]
    public async Task Open_ArchivedProject_CountsNothingInIt()
    {
        var (project, admin) = await AddProjectAsync();
        await AddTasksAsync(admin, project, 1);
        var rater = await AddMemberAsync(project);
        await ArchiveAsync(admin, project);
        await SignInAsync(rater);

        var card = Assert.Single(Open<HomePage>().FindAll("article")).TextContent;

        Assert.Contains("Archived: it can be read, not labeled", card, StringComparison.Ordinal);
        Assert.DoesNotContain("comparison", card, StringComparison.Ordinal);
    }

    [Fact]
    [Covers(typeof(HomePage), ComponentState.Many)]
    public async Task Open_MoreProjectsThanCards_LeadsToTheOthers()
    {
        var rater = await AddPersonAsync();
        for (var index = 0; index < 13; index++)
        {
            var (project, admin) = await AddProjectAsync($"Project {index}");
            await Get<Domain.People.MemberService>().AddAsync(admin, project, rater.Id, ProjectRole.Rater, default);
        }
        await SignInAsync(rater);

        var page = Open<HomePage>();

        Assert.Equal(12, page.FindAll("article").Count);
        Assert.Equal("All projects", page.Find("a[href='/projects']").TextContent);
    }
}
