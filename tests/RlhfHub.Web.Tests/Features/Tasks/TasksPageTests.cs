using Bunit;
using RlhfHub.Domain.Projects;
using RlhfHub.Web.Features.Tasks;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Tasks;

public sealed class TasksPageTests(TestSite site) : PageTest(site)
{
    [Fact]
    [Covers(typeof(TasksPage), ComponentState.Empty)]
    public async Task Make_OfNoPrompts_SaysThatNoneWereMade()
    {
        var (project, _) = await AddProjectAsync();
        var page = Open<TasksPage>(project);
        Assert.Empty(page.FindAll("table"));

        page.Find("form").Submit();

        Assert.Contains("0 tasks are made.", page.Find("[role=status]").TextContent, StringComparison.Ordinal);
        Assert.Contains("There are no tasks yet.", page.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(51, 50)]
    [Covers(typeof(TasksPage), ComponentState.One | ComponentState.Many)]
    public async Task Open_SoManyTasks_ShowsAPageOfThem(int count, int shown)
    {
        var (project, admin) = await AddProjectAsync();
        await AddTasksAsync(admin, project, count);

        var page = Open<TasksPage>(project);

        Assert.Equal(shown, page.FindAll("[aria-label=Tasks] tbody tr").Count);
        var more = page.FindAll("button").Where(button => button.TextContent == "Show more").ToList();
        Assert.Equal(count > shown, more.Count == 1);
        foreach (var button in more) button.Click();
        Assert.Equal(count, page.FindAll("[aria-label=Tasks] tbody tr").Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Covers(typeof(TasksPage), ComponentState.ReadOnly)]
    public async Task Open_ArchivedOrAsAReviewer_OffersNoChange(bool isArchived)
    {
        var (project, admin) = await AddProjectAsync();
        await AddTasksAsync(admin, project, 1);
        if (isArchived) await ArchiveAsync(admin, project);
        else await SignInAsync(await AddMemberAsync(project, ProjectRole.Reviewer));

        var page = Open<TasksPage>(project);

        Assert.Single(page.FindAll("[aria-label=Tasks] tbody tr"));
        Assert.Empty(page.FindAll("form, tbody button"));
    }
}
