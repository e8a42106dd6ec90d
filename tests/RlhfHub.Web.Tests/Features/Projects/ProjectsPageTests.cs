using Bunit;
using RlhfHub.Domain.Projects;
using RlhfHub.Web.Features.Projects;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Projects;

public sealed class ProjectsPageTests(TestSite site) : PageTest(site)
{
    [Fact]
    [Covers(typeof(ProjectsPage), ComponentState.Empty)]
    public async Task Open_InNoProject_SaysSo()
    {
        await SignInAsync(await AddPersonAsync());

        var page = Open<ProjectsPage>();

        Assert.Contains("There is no project here yet.", page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("table, a[href='/projects/new']"));
    }

    [Fact]
    [Covers(typeof(ProjectsPage), ComponentState.ReadOnly)]
    public async Task Open_ArchivedProject_IsMarkedAsThat()
    {
        var (project, admin) = await AddProjectAsync();
        var rater = await AddMemberAsync(project);
        await ArchiveAsync(admin, project);
        await SignInAsync(rater);

        Assert.Equal("Archived", Assert.Single(Open<ProjectsPage>().FindAll("tbody tr")).Children[2].TextContent);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [Covers(typeof(ProjectsPage), ComponentState.One | ComponentState.Many)]
    public async Task Open_InProjects_ShowsOnlyThese(int count)
    {
        var rater = await AddPersonAsync();
        for (var index = 0; index < count; index++)
        {
            var (project, admin) = await AddProjectAsync($"Project {index}");
            await Get<Domain.People.MemberService>().AddAsync(admin, project, rater.Id, ProjectRole.Rater, default);
        }
        await SignInAsync(rater);

        Assert.Equal(count, Open<ProjectsPage>().FindAll("tbody tr").Count);
    }
}
