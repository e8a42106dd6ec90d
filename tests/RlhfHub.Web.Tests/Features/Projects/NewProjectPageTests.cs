using AngleSharp.Dom;
using Bunit;
using RlhfHub.Web.Features.Projects;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Projects;

public sealed class NewProjectPageTests(TestSite site) : PageTest(site)
{
    [Fact]
    [Covers(typeof(NewProjectPage), ComponentState.Error)]
    [Covers(typeof(BasicFields), ComponentState.Error)]
    public async Task Next_NoName_SaysSoBesideTheField()
    {
        await SignInAsync(await AddPersonAsync(isSiteAdmin: true));
        var page = Open<NewProjectPage>();

        Button(page, "Next").Click();

        Assert.Equal("Give the project a name.", page.Find("#name-problem").TextContent);
        Assert.Equal(("true", "name-problem"), (page.Find("#name").GetAttribute("aria-invalid"), page.Find("#name").GetAttribute("aria-describedby")));
    }

    [Fact]
    [Covers(typeof(NewProjectPage), ComponentState.Error)]
    public async Task Make_ByWhoMayNot_SaysSoAndKeepsWhatWasChosen()
    {
        await SignInAsync(await AddPersonAsync());
        var page = Open<NewProjectPage>();
        page.Find("#name").Change("Plants");
        Button(page, "Next").Click();
        Button(page, "Next").Click();

        Button(page, "Make the project").Click();

        Assert.Contains("admin of this site", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.NotEqual("", page.Find("#guidelines").GetAttribute("value"));
    }

    private static IElement Button(IRenderedComponent<NewProjectPage> page, string text) => page.FindAll("button").Single(button => button.TextContent == text);
}
