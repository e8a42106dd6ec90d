using Bunit;
using RlhfHub.Domain.Projects;
using RlhfHub.Web.Features.Projects;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Projects;

public sealed class SettingsPageTests(TestSite site) : PageTest(site)
{
    [Theory]
    [InlineData(ProjectRole.Rater)]
    [InlineData(ProjectRole.Reviewer)]
    [Covers(typeof(SettingsPage), ComponentState.ReadOnly)]
    public async Task Open_NotAnAdmin_HasNoForm(ProjectRole role)
    {
        var (project, _) = await AddProjectAsync();
        await SignInAsync(await AddMemberAsync(project, role));

        var page = Open<SettingsPage>(project);

        Assert.Contains("Only admins of this project may change its settings.", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("input, textarea"));
    }

    [Fact]
    [Covers(typeof(SettingsPage), ComponentState.Error)]
    public async Task Save_SomebodyElseWasQuicker_SaysSoAndKeepsTheForm()
    {
        var (project, admin) = await AddProjectAsync();
        var page = Open<SettingsPage>(project);
        page.Find("#name").Change("Mine");
        await Get<ProjectService>().UpdateAsync(admin, project, (await Get<ProjectService>().GetAsync(admin, project, default)).Version, new ProjectDraft { Name = "Theirs", Settings = new() }, default);

        page.FindAll("button").Single(button => button.TextContent == "Save").Click();

        Assert.NotEqual("", page.Find("[role=alert]").TextContent.Trim());
        Assert.Equal("Mine", page.Find("#name").GetAttribute("value"));
        Assert.Empty(page.FindAll(".mud-alert[role=status]"));
    }
}
