using Bunit;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Web.Features.Labeling;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Labeling;

public sealed class HistoryPageTests(TestSite site) : PageTest(site)
{
    [Fact]
    [Covers(typeof(HistoryPage), ComponentState.Empty)]
    public async Task Open_NothingAnswered_LeadsToTheTasks()
    {
        var (project, _) = await AddProjectAsync();

        var page = Open<HistoryPage>(project);

        Assert.Equal($"/projects/{project}/label", page.Find(".empty a").GetAttribute("href"));
        Assert.Empty(page.FindAll("ol.rows"));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(52, 50)]
    [Covers(typeof(HistoryPage), ComponentState.One | ComponentState.Many)]
    public async Task Open_SoManyAnswers_ShowsTheLastAndKeysForNine(int answers, int shown)
    {
        var (project, _) = await AnsweredAsync(answers);

        var page = Open<HistoryPage>(project);

        Assert.Equal(shown, page.FindAll("li.row").Count);
        Assert.Equal(Math.Min(9, shown), page.FindAll("li.row button[aria-keyshortcuts]").Count(button => button.GetAttribute("aria-keyshortcuts") is { Length: > 0 }));
    }

    [Fact]
    public async Task Change_AnAnswer_IsStoredAndSaid()
    {
        var (project, rater) = await AnsweredAsync(1);
        var page = Open<HistoryPage>(project);

        await page.InvokeAsync(() => page.Instance.KeyAsync("", "1"));
        await page.InvokeAsync(() => page.Instance.KeyAsync(page.Find("[data-task]").GetAttribute("data-task")!, "7"));

        Assert.StartsWith("Changed: B is better", page.Find("[role=status]").TextContent, StringComparison.Ordinal);
        var stored = Assert.Single(await Get<LabelingService>().HistoryAsync(rater, project, default));
        Assert.Equal((2, 1), (stored.Revision, Assert.IsType<ComparisonAnswer>(stored.Answer).Better));
    }

    [Fact]
    public async Task TakeBack_AnAnswer_IsStoredAndCannotBeChangedAnyMore()
    {
        var (project, rater) = await AnsweredAsync(1);
        var page = Open<HistoryPage>(project);

        page.FindAll("li.row button").Single(button => button.TextContent.Contains("Take back", StringComparison.Ordinal)).Click();

        Assert.Equal("The answer is taken back.", page.Find("[role=status]").TextContent);
        Assert.Equal("taken back", page.Find(".standing").TextContent.Trim());
        Assert.Empty(page.FindAll("li.row button"));
        Assert.Equal(JudgmentStanding.Withdrawn, Assert.Single(await Get<LabelingService>().HistoryAsync(rater, project, default)).Standing);
    }

    [Fact]
    [Covers(typeof(HistoryPage), ComponentState.ReadOnly)]
    public async Task Open_Archived_OffersNoChange()
    {
        var (project, _) = await AnsweredAsync(1);
        await ArchiveAsync(await AddPersonAsync(isSiteAdmin: true), project);
        var page = Open<HistoryPage>(project);

        await page.InvokeAsync(() => page.Instance.KeyAsync("", "1"));

        Assert.Single(page.FindAll("li.row"));
        Assert.Empty(page.FindAll("li.row button, [data-task]"));
        Assert.Single(page.FindAll("[role=note]"));
    }

    [Fact]
    [Covers(typeof(HistoryPage), ComponentState.Error)]
    public async Task Change_NoLongerAMember_SaysSoAndKeepsTheAnswers()
    {
        var (project, rater) = await AnsweredAsync(1);
        var page = Open<HistoryPage>(project);
        await Get<MemberService>().RemoveAsync(await AddPersonAsync(isSiteAdmin: true), project, rater.Id, default);

        await page.InvokeAsync(() => page.Instance.KeyAsync("", "1"));

        Assert.NotEqual("", page.Find("[role=alert]").TextContent.Trim());
        Assert.Single(page.FindAll("li.row"));
    }

    private async Task<(Guid ProjectId, Actor Rater)> AnsweredAsync(int count)
    {
        var (project, admin) = await AddProjectAsync();
        await AddTasksAsync(admin, project, count);
        var rater = await AddMemberAsync(project);
        await AnswerAsync(rater, project, count);
        await SignInAsync(rater);
        return (project, rater);
    }
}
