using Bunit;
using RlhfHub.Web.Features.People;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.People;

public sealed class PeoplePageTests(TestSite site) : PageTest(site)
{
    [Fact]
    [Covers(typeof(PeoplePage), ComponentState.Lists)]
    public async Task Search_ManyOneOrNobody_ShowsThese()
    {
        await AddPersonAsync("Zoltan the only");
        await SignInAsync(await AddPersonAsync(isSiteAdmin: true));
        var page = Open<PeoplePage>();
        Assert.InRange(page.FindAll("tbody tr").Count, 2, 100);

        page.Find("#search").Input("Zoltan the only");
        page.WaitForAssertion(() => Assert.Single(page.FindAll("td"), cell => cell.TextContent == "Zoltan the only"), TimeSpan.FromSeconds(5));
        page.Find("#search").Input("nobody is called this");

        page.WaitForAssertion(() => Assert.Equal("Nobody fits.", page.Find("p[role=status]").TextContent), TimeSpan.FromSeconds(5));
    }

    [Fact]
    [Covers(typeof(PeoplePage), ComponentState.Error)]
    public async Task Invite_AddressThatIsNone_SaysSoBesideTheField()
    {
        await SignInAsync(await AddPersonAsync(isSiteAdmin: true));
        var page = Open<PeoplePage>();
        page.Find("#invite-email").Change("nowhere");

        page.FindAll("button").Single(button => button.TextContent == "Make an invitation").Click();

        Assert.Equal("true", page.Find("#invite-email").GetAttribute("aria-invalid"));
        Assert.Empty(page.FindAll("#new-link, [role=progressbar]"));
    }

    [Fact]
    [Covers(typeof(PeoplePage), ComponentState.Error)]
    public async Task Invite_RightsTakenAwayMeanwhile_SaysSoAndKeepsThePage()
    {
        var admin = await AddPersonAsync(isSiteAdmin: true);
        await SignInAsync(admin);
        var page = Open<PeoplePage>();
        await Get<Domain.People.PeopleService>().SetSiteAdminAsync(await AddPersonAsync(isSiteAdmin: true), admin.Id, false, default);

        page.FindAll("button").Single(button => button.TextContent == "Make an invitation").Click();

        Assert.NotEqual("", page.Find("[role=alert]").TextContent.Trim());
        Assert.NotEmpty(page.FindAll("tbody tr"));
    }
}
