using Bunit;
using RlhfHub.Web.Features.Projects;

namespace RlhfHub.Web.Tests.States;

/// <summary>What every page that loads something looks like before it has, and where it may not.</summary>
public sealed class PageStatesTests(TestSite site) : PageTest(site)
{
    public static TheoryData<string> Pages => [.. ComponentStates.Pages.Select(page => page.Name)];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Open_NotLoadedYet_SaysThatItLoadsAndNothingElse(string name)
    {
        var (project, _) = await AddProjectAsync();
        Session.SetAuthorizing();   // who looks is not known yet

        var page = Open(Named(name), project);

        Assert.NotEqual("", Assert.Single(page.FindAll("[role=progressbar]")).GetAttribute("aria-label") ?? "");
        Assert.Empty(page.FindAll("[role=alert], table, article, [data-task]"));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Open_SessionRevokedOrNoMember_SaysWhyAndWaitsNoLonger(string name)
    {
        var (project, _) = await AddProjectAsync();
        var page = Named(name);
        await SignInAsync(await AddPersonAsync());
        if (page.GetProperty(nameof(SettingsPage.ProjectId)) is null) Session.SetClaims();

        var shown = Open(page, project);

        Assert.NotEqual("", Assert.Single(shown.FindAll("[role=alert]")).TextContent.Trim());
        Assert.Empty(shown.FindAll("[role=progressbar], table, article, [data-task]"));
    }

    private static Type Named(string name) => ComponentStates.Pages.Single(page => page.Name == name);
}
