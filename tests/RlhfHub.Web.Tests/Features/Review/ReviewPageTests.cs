using AngleSharp.Dom;
using Bunit;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Web.Features.Review;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Review;

public sealed class ReviewPageTests(TestSite site) : PageTest(site)
{
    [Theory]
    [InlineData("submission", "Nothing waits for review")]
    [InlineData("disagreement", "No raters disagree")]
    [Covers(typeof(ReviewPage), ComponentState.Empty)]
    public async Task Open_NothingWaits_SaysSo(string way, string sentence)
    {
        var (project, _) = await AddProjectAsync();
        var page = Open<ReviewPage>(project);

        page.FindAll(".ways button").Single(button => button.TextContent.Contains(way, StringComparison.Ordinal)).Click();

        Assert.Equal(sentence, page.Find("[role=status] h2").TextContent);
        Assert.Empty(page.FindAll("article, [role=toolbar]"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [Covers(typeof(ReviewPage), ComponentState.One | ComponentState.Many)]
    public async Task Accept_EachOfThem_LeavesNothing(int count)
    {
        var (project, _) = await AnsweredAsync(count);
        var page = Open<ReviewPage>(project);
        Assert.Equal($"1 of {count}", page.Find(".place").TextContent);
        Assert.Equal(count == 1, Button(page, "j").HasAttribute("disabled"));

        for (var index = 0; index < count; index++)
        {
            Assert.Single(page.FindAll("article"));
            Button(page, "a").Click();
        }

        Assert.Equal("Nothing waits for review", page.Find("[role=status] h2").TextContent);
    }

    [Fact]
    [Covers(typeof(ReviewPage), ComponentState.ReadOnly)]
    public async Task Open_Archived_CanBeReadNotReviewed()
    {
        var (project, admin) = await AnsweredAsync(1, overlap: 2);
        await AnswerAsync(await AddMemberAsync(project, ProjectRole.Rater, "Other"), project, 1, task => new ComparisonAnswer { Better = 0, Strength = 1 });
        await ArchiveAsync(admin, project);
        var page = Open<ReviewPage>(project);

        foreach (var key in new[] { "a", "f", "r" })
        {
            Assert.Empty(page.FindAll($"[role=toolbar] button[aria-keyshortcuts={key}]"));
            await page.InvokeAsync(() => page.Instance.KeyAsync(page.Find("[data-review]").GetAttribute("data-review")!, key));
        }

        Assert.Single(page.FindAll("article"));
        Assert.Empty(page.FindAll("form, [role=alert]"));
    }

    [Fact]
    [Covers(typeof(ReviewPage), ComponentState.Error)]
    public async Task Accept_NoLongerAReviewer_SaysSoAndKeepsTheSubmission()
    {
        var (project, admin) = await AnsweredAsync(1);
        var reviewer = await AddMemberAsync(project, ProjectRole.Reviewer);
        await SignInAsync(reviewer);
        var page = Open<ReviewPage>(project);
        await Get<MemberService>().ChangeAsync(admin, project, reviewer.Id, new MemberChange(ProjectRole.Rater, [], false), default);

        Button(page, "a").Click();

        Assert.Contains("Only reviewers", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Single(page.FindAll("article"));
    }

    private async Task<(Guid ProjectId, Actor Admin)> AnsweredAsync(int count, int overlap = 1)
    {
        var (project, admin) = await AddProjectAsync(settings: new() { Overlap = overlap });
        await AddTasksAsync(admin, project, count);
        await AnswerAsync(await AddMemberAsync(project), project, count);
        return (project, admin);
    }

    private static IElement Button(IRenderedComponent<ReviewPage> page, string key) => page.Find($"[role=toolbar] button[aria-keyshortcuts={key}]");
}
