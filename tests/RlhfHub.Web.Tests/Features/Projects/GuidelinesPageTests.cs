using AngleSharp.Dom;
using Bunit;
using RlhfHub.Domain.Projects;
using RlhfHub.Web.Features.Projects;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Projects;

public sealed class GuidelinesPageTests(TestSite site) : PageTest(site)
{
    [Fact]
    [Covers(typeof(GuidelinesPage), ComponentState.Empty | ComponentState.One)]
    public async Task Save_FirstGuidelines_AreWhatIsShownFromThenOn()
    {
        var (project, _) = await AddProjectAsync();
        var page = Open<GuidelinesPage>(project);
        Assert.Contains("Nobody has written guidelines for this project yet.", page.Markup, StringComparison.Ordinal);

        Button(page, "Write guidelines").Click();
        page.Find("#guidelines").Input("Prefer what is **true**.");
        Button(page, "Save as version 1").Click();

        Assert.Equal("true", page.Find("article strong").TextContent);
        Assert.Contains("Version 1", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    [Covers(typeof(GuidelinesPage), ComponentState.ReadOnly)]
    public async Task Open_AsARater_CanBeReadOnly()
    {
        var (project, admin) = await AddProjectAsync();
        await Get<ProjectService>().WriteGuidelinesAsync(admin, project, 0, "Be kind.", default);
        await SignInAsync(await AddMemberAsync(project));

        var page = Open<GuidelinesPage>(project);

        Assert.Equal("Be kind.", page.Find("article").TextContent.Trim());
        Assert.DoesNotContain(page.FindAll("button"), button => button.TextContent is "Edit" or "Write guidelines");
    }

    [Fact]
    public async Task Save_SomebodyElseWasQuicker_SaysSoAndKeepsWhatIsWritten()
    {
        var (project, admin) = await AddProjectAsync();
        var page = Open<GuidelinesPage>(project);
        Button(page, "Write guidelines").Click();
        page.Find("#guidelines").Input("Mine.");
        await Get<ProjectService>().WriteGuidelinesAsync(admin, project, 0, "Theirs.", default);

        Button(page, "Save as version 1").Click();

        Assert.NotEqual("", page.Find("[role=alert]").TextContent.Trim());
        Assert.Equal("Mine.", page.Find("#guidelines").GetAttribute("value"));
    }

    private static IElement Button(IRenderedComponent<GuidelinesPage> page, string text) => page.FindAll("button").Single(button => button.TextContent == text);
}
