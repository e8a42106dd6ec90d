using Bunit;
using RlhfHub.Domain.Projects;
using RlhfHub.Web.Features.Prompts;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Prompts;

public sealed class PromptsPageTests(TestSite site) : PageTest(site)
{
    [Fact]
    [Covers(typeof(PromptsPage), ComponentState.Empty)]
    public async Task Open_NoPrompts_LeadsToTheImport()
    {
        var (project, _) = await AddProjectAsync();

        var page = Open<PromptsPage>(project);

        Assert.Contains("There are no prompts yet.", page.Find("p[role=status]").TextContent, StringComparison.Ordinal);
        Assert.Equal($"/projects/{project}/import", page.Find("p[role=status] a").GetAttribute("href"));
        Assert.Empty(page.FindAll("table"));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(51, 50)]
    [Covers(typeof(PromptsPage), ComponentState.One | ComponentState.Many)]
    public async Task Open_SoManyPrompts_ShowsAPageOfThem(int count, int shown)
    {
        var (project, admin) = await AddProjectAsync();
        await AddPromptsAsync(admin, project, count);

        var page = Open<PromptsPage>(project);

        Assert.Equal(shown, page.FindAll("tbody tr").Count);
        Assert.Equal(count > shown, page.FindAll("button").Any(button => button.TextContent == "Show more"));
    }

    [Fact]
    [Covers(typeof(PromptsPage), ComponentState.ReadOnly)]
    public async Task Open_Archived_CanBeReadNotChanged()
    {
        var (project, admin) = await AddProjectAsync();
        await AddPromptsAsync(admin, project, 1);
        await ArchiveAsync(admin, project);
        var page = Open<PromptsPage>(project);

        page.Find("button.open").Click();

        Assert.Equal(2, page.FindAll(".detail li").Count);
        Assert.Empty(page.FindAll("tbody input, [aria-label='Change many prompts']"));
    }

    [Fact]
    [Covers(typeof(PromptsPage), ComponentState.Error)]
    public async Task Change_NoLongerAMember_SaysSoAndKeepsThePage()
    {
        var (project, admin) = await AddProjectAsync();
        await AddPromptsAsync(admin, project, 1);
        var member = await AddMemberAsync(project, ProjectRole.Admin);
        await SignInAsync(member);
        var page = Open<PromptsPage>(project);
        page.Find("tbody input").Change(true);
        await Get<Domain.People.MemberService>().RemoveAsync(admin, project, member.Id, default);

        page.FindAll("button").Single(button => button.TextContent == "Set the priority").Click();

        Assert.NotEqual("", page.Find("[role=alert]").TextContent.Trim());
        Assert.Single(page.FindAll("tbody tr"));
    }
}
