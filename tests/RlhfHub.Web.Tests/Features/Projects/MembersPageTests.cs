using Bunit;
using RlhfHub.Domain.Projects;
using RlhfHub.Web.Features.Projects;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Projects;

public sealed class MembersPageTests(TestSite site) : PageTest(site)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [Covers(typeof(MembersPage), ComponentState.Lists)]
    public async Task Open_SoManyInvited_ShowsTheAdminAndThem(int count)
    {
        var (project, _) = await AddProjectAsync();
        for (var index = 0; index < count; index++) await AddMemberAsync(project, ProjectRole.Reviewer, $"Rita {index}");

        var page = Open<MembersPage>(project);

        Assert.Equal(count, page.FindAll("tbody tr").Count(row => row.TextContent.Contains("Rita", StringComparison.Ordinal)));
        Assert.Equal(count == 0, page.FindAll(".set-up a").Any(step => step.TextContent == "Invite people"));
    }

    [Fact]
    public async Task Invite_AddressThatIsNone_SaysSoBesideTheFieldAndKeepsThePage()
    {
        var (project, _) = await AddProjectAsync();
        var page = Open<MembersPage>(project);
        page.Find("#invite-email").Change("nowhere");

        page.FindAll("button").Single(button => button.TextContent == "Make an invitation").Click();

        Assert.Equal("true", page.Find("#invite-email").GetAttribute("aria-invalid"));
        Assert.NotEqual("", page.Find(".problem").TextContent);
        Assert.Empty(page.FindAll("[role=alert], #new-link"));
    }
}
