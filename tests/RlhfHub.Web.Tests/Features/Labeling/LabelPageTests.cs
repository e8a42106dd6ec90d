using Bunit;
using RlhfHub.Domain.Labeling;
using RlhfHub.Web.Features.Labeling;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Labeling;

public sealed class LabelPageTests(TestSite site) : PageTest(site)
{
    [Fact]
    [Covers(typeof(LabelPage), ComponentState.Empty)]
    public async Task Open_NothingWaits_SaysThatTasksAppear()
    {
        var (project, _) = await AddProjectAsync();

        var page = Open<LabelPage>(project);

        page.WaitForAssertion(() => Assert.Equal("Nothing waits for you now", page.Find("[role=status] h2").TextContent));
        Assert.Empty(page.FindAll("[data-task]"));
    }

    [Fact]
    [Covers(typeof(LabelPage), ComponentState.One)]
    public async Task Key_OnTheOnlyTask_IsStored()
    {
        var (project, admin) = await AddProjectAsync();
        await AddTasksAsync(admin, project, 1);
        var rater = await AddMemberAsync(project);
        await SignInAsync(rater);
        var page = Open<LabelPage>(project);

        var task = page.WaitForElement("[data-task]").GetAttribute("data-task")!;
        await page.InvokeAsync(() => page.Instance.KeyAsync(task, "1"));

        page.WaitForAssertion(() => Assert.Equal("Nothing waits for you now", page.Find("[role=status] h2").TextContent));
        Assert.Single(await Get<LabelingService>().HistoryAsync(rater, project, default));
    }

    [Fact]
    [Covers(typeof(LabelPage), ComponentState.ReadOnly)]
    public async Task Open_Archived_HasNothingToLabelAndSaysSo()
    {
        var (project, admin) = await AddProjectAsync();
        await AddTasksAsync(admin, project, 1);
        await ArchiveAsync(admin, project);

        var page = Open<LabelPage>(project);

        Assert.Contains("archived", page.Find("[role=note]").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[data-task], [role=toolbar], [role=progressbar]"));
    }
}
