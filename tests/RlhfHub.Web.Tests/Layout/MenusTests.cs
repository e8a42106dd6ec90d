using Bunit;
using RlhfHub.Web.Account;
using RlhfHub.Web.Layout;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Layout;

public sealed class MenusTests : ComponentTest
{
    [Fact]
    [Covers(typeof(SiteLinks), ComponentState.Empty | ComponentState.Many)]
    public void SiteLinks_ForAdminsOfTheSite_AreThereForNobodyElse()
    {
        Session.SetAuthorized("Ben");
        Assert.Empty(Render<SiteLinks>().FindAll("a"));

        Session.SetPolicies(Policies.SiteAdmin);

        Assert.Equal(["/people", "/audit"], Render<SiteLinks>().FindAll("a").Select(link => link.GetAttribute("href")));
    }

    [Fact]
    [Covers(typeof(UserMenu), ComponentState.Empty | ComponentState.One)]
    public void UserMenu_NamesWhoIsSignedIn()
    {
        Assert.Empty(Render<UserMenu>().FindAll("button"));

        Session.SetAuthorized("ليلى");

        Assert.Equal("Account of ليلى", Render<UserMenu>().Find("button").GetAttribute("aria-label"));
    }
}
