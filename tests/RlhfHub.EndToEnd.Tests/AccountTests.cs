using System.Text.RegularExpressions;
using Microsoft.Playwright;
using RlhfHub.Domain.People;
using static Microsoft.Playwright.Assertions;

namespace RlhfHub.EndToEnd.Tests;

[Collection(BrowserTests.Name)]
public sealed class AccountTests(Browser browser)
{
    private const string Password = "seven quiet orange trains";

    [BrowserFact]
    public async Task Accounts_FromTheInvitationToTwoFactorSignIn_Work()
    {
        await using var first = await browser.OpenAsync();
        var admin = first.Page;
        await admin.GotoAsync("/people");
        await admin.GetByLabel("E-mail address (optional)").FillAsync("ben@example.org");
        await admin.GetByRole(AriaRole.Button, new() { Name = "Make an invitation" }).ClickAsync();
        var link = await admin.Locator("#new-link").InnerTextAsync();
        await admin.KeepAsync("people-1440-light");

        await using var second = await browser.OpenAsync(browser.Site);
        var ben = second.Page;
        await ben.GotoAsync(link);
        await Expect(ben.GetByLabel("E-mail address")).ToHaveValueAsync("ben@example.org");
        await ben.GetByLabel("Name", new() { Exact = true }).FillAsync("Ben");
        await ben.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await Expect(ben.Locator(".strength")).ToHaveTextAsync("Strong");
        await ben.KeepAsync("invitation-1440-light");
        await ben.GetByRole(AriaRole.Button, new() { Name = "Make my account" }).ClickAsync();
        await Expect(ben.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Your projects");
        await Expect(ben.Locator("#worker")).ToHaveCountAsync(0);

        await ben.GotoAsync("/account/two-factor");
        await ben.GetByRole(AriaRole.Button, new() { Name = "Set it up" }).ClickAsync();
        var key = Regex.Replace(await ben.Locator("#authenticator-key").InnerTextAsync(), @"\s", "");
        await Expect(ben.Locator(".qr svg")).ToBeVisibleAsync();
        await ben.KeepAsync("two-factor-1440-light");
        await ben.GetByLabel("Code").FillAsync(AuthenticatorCode.At(key, DateTimeOffset.UtcNow));
        await ben.GetByRole(AriaRole.Button, new() { Name = "Switch it on" }).ClickAsync();
        await Expect(ben.Locator(".codes li")).ToHaveCountAsync(10);
        await ben.KeepAsync("recovery-codes-1440-light");
        var recovery = await ben.Locator(".codes li").First.InnerTextAsync();

        await ben.GotoAsync("/account/sign-out");
        await ben.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await ben.SignInAsync("ben@example.org", Password);
        // The code that switched it on is used up; that of the next step is taken already, for clocks that are ahead.
        await ben.GetByLabel("Code").FillAsync(AuthenticatorCode.At(key, DateTimeOffset.UtcNow.AddSeconds(30)));
        await ben.KeepAsync("second-factor-1440-light");
        await ben.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(ben.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Your projects");

        await ben.GotoAsync("/account/sign-out");
        await ben.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await ben.SignInAsync("ben@example.org", Password);
        await ben.GetByRole(AriaRole.Link, new() { Name = "Use a recovery code" }).ClickAsync();
        await ben.GetByLabel("Recovery code").FillAsync(recovery);
        await ben.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(ben.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Your projects");
        Assert.Empty(first.Complaints);
        Assert.Empty(second.Complaints);
    }

    [BrowserFact]
    public async Task Passkey_MadeAndUsed_SignsInWithoutAPassword()
    {
        await using var visit = await browser.OpenAsync();
        var page = visit.Page;
        var devices = await page.Context.NewCDPSessionAsync(page);
        await devices.SendAsync("WebAuthn.enable");
        await devices.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2",
                ["transport"] = "internal",
                ["hasResidentKey"] = true,
                ["hasUserVerification"] = true,
                ["isUserVerified"] = true,
                ["automaticPresenceSimulation"] = true,
            },
        });

        await page.GotoAsync("/account/passkeys");
        await page.GetByLabel("Name").FillAsync("test device");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
        await Expect(page.Locator(".list")).ToContainTextAsync("test device");
        await page.KeepAsync("passkeys-1440-light");
        await page.Context.ClearCookiesAsync();
        await page.GotoAsync("/account/sign-in?returnUrl=%2Faccount");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Your profile");
        await page.GotoAsync("/account/passkeys");
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove test device" }).ClickAsync();
        await Expect(page.Locator(".list")).ToHaveCountAsync(0);
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task AccountPages_WithErrors_FitEveryScreen()
    {
        await using (var stranger = await browser.OpenAsync(browser.Site))
        {
            await stranger.Page.GotoAsync("/account/sign-in");
            await stranger.Page.GetByLabel("Password", new() { Exact = true }).FillAsync("wrong");
            await stranger.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
            await Expect(stranger.Page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("This did not work");
            await CheckAsync(stranger, "sign-in");
        }

        await using var visit = await browser.OpenAsync();
        foreach (var (address, button) in new[] { ("/account", null), ("/account/password", "Change the password"), ("/account/two-factor", "Set it up"), ("/account/passkeys", null), ("/account/tokens", "Make a token"), ("/account/sign-out", null) })
        {
            await visit.Page.GotoAsync(address);
            if (button is not null) await visit.Page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
            await CheckAsync(visit, address[1..].Replace('/', '-'));
        }
        foreach (var (address, ready) in new[] { ("/people", "Address"), ("/audit", "Action") })
        {
            await visit.Page.GotoAsync(address);
            await Expect(visit.Page.GetByRole(AriaRole.Columnheader, new() { Name = ready, Exact = true })).ToBeVisibleAsync();
            await CheckAsync(visit, address[1..]);
        }

        static async Task CheckAsync(VisitedPage seen, string name)
        {
            await Expect(seen.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
            await seen.Page.CheckLooksAsync(name);
            Assert.Empty(seen.Complaints);
        }
    }
}
