using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain.People;

namespace RlhfHub.Web.Tests.Account;

public sealed class AccountPagesTests : IAsyncLifetime
{
    private const string Other = "seven quiet orange trains";

    private readonly TestSite site = new();

    [Theory]
    [InlineData("/", "/account/sign-in")]
    [InlineData("/people", "/account/sign-in")]
    [InlineData("/no/such/page", "/account/sign-in")]
    [InlineData("/account/tokens", "/account/sign-in")]
    public async Task Page_NotSignedIn_LeadsToSignInAndBack(string address, string expected)
    {
        using var browser = site.CreateClient();

        using var response = await browser.GetAsync(address);

        Assert.Equal(expected, response.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Equal($"?returnUrl={Uri.EscapeDataString(address)}", response.RequestMessage.RequestUri.Query);
    }

    [Fact]
    public async Task Api_NotSignedIn_AnswersWithAProblemAndNoRedirect()
    {
        using var browser = site.CreateClient();

        using var response = await browser.GetAsync("/api/anything");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task SignIn_Right_GivesACookieThatScriptsCannotRead()
    {
        using var browser = site.CreateClient(new() { AllowAutoRedirect = false });

        using var response = await browser.SubmitAsync("/account/sign-in?returnUrl=%2Faccount", "password", ("Email", TestSite.AdminEmail), ("Password", TestSite.Password));

        Assert.Equal("/account", Target(response));
        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("rlhfhub.session=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie);
        Assert.Contains("samesite=lax", cookie);
        Assert.DoesNotContain("expires", cookie);
    }

    [Fact]
    public async Task SignIn_OverHttps_MarksTheCookieSecure()
    {
        using var browser = site.CreateClient(new() { AllowAutoRedirect = false, BaseAddress = new Uri("https://localhost") });

        using var response = await browser.SubmitAsync("/account/sign-in", "password", ("Email", TestSite.AdminEmail), ("Password", TestSite.Password), ("IsRemembered", "true"));

        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("rlhfhub.session=", StringComparison.Ordinal));
        Assert.Contains("secure", cookie);
        Assert.Contains("expires", cookie);
    }

    [Theory]
    [InlineData("https://evil.example", "/")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("/people?x=1", "/people?x=1")]
    public async Task SignIn_ReturnAddress_StaysOnThisSite(string address, string expected)
    {
        using var browser = site.CreateClient(new() { AllowAutoRedirect = false });

        using var response = await browser.SubmitAsync($"/account/sign-in?returnUrl={Uri.EscapeDataString(address)}", "password", ("Email", TestSite.AdminEmail), ("Password", TestSite.Password));

        Assert.Equal(expected, Target(response));
    }

    [Fact]
    public async Task SignIn_WrongPasswordAndUnknownAddress_AreAnsweredAlike()
    {
        using var browser = site.CreateClient();

        using var wrong = await browser.SubmitAsync("/account/sign-in", "password", ("Email", TestSite.AdminEmail), ("Password", "wrong"));
        using var unknown = await browser.SubmitAsync("/account/sign-in", "password", ("Email", "nobody@example.org"), ("Password", "wrong"));

        Assert.Equal((await wrong.ReadPageAsync()).Problems(), (await unknown.ReadPageAsync()).Problems());
        Assert.Equal(HttpStatusCode.OK, wrong.StatusCode);
    }

    [Fact]
    public async Task SignIn_WithoutAntiforgeryToken_IsRefused()
    {
        using var browser = site.CreateClient(new() { AllowAutoRedirect = false });
        Dictionary<string, string> fields = new() { ["_handler"] = "password", ["Email"] = TestSite.AdminEmail, ["Password"] = TestSite.Password };

        using var response = await browser.PostAsync("/account/sign-in", new FormUrlEncodedContent(fields));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task SignOut_Sent_EndsTheSession()
    {
        using var browser = await site.SignInAsync();

        (await browser.SubmitAsync("/account/sign-out", "sign-out")).Dispose();

        using var response = await browser.GetAsync("/account");
        Assert.Equal("/account/sign-in", response.RequestMessage!.RequestUri!.AbsolutePath);
    }

    [Fact]
    public async Task People_NotAnAdmin_AreForbidden()
    {
        await site.AddPersonAsync("ben@example.org");
        using var browser = await site.SignInAsync("ben@example.org");

        using var response = await browser.GetAsync("/people");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("You may not open this page", (await response.ReadPageAsync()).QuerySelector("h1")!.TextContent);
    }

    [Fact]
    public async Task People_AdminWhoseRightsWereTakenAway_AreForbiddenAtOnce()
    {
        var ben = await site.AddPersonAsync("ben@example.org");
        var people = site.Services.GetRequiredService<PeopleService>();
        await people.SetSiteAdminAsync(await site.AdminAsync(), ben.Id, true, default);
        using var browser = await site.SignInAsync("ben@example.org");
        using (var before = await browser.GetAsync("/people")) Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        await people.SetSiteAdminAsync(await site.AdminAsync(), ben.Id, false, default);

        using var after = await browser.GetAsync("/people");
        Assert.Equal(HttpStatusCode.Forbidden, after.StatusCode);
    }

    [Fact]
    public async Task Password_Changed_KeepsThisSessionAndTakesTheNewOne()
    {
        using var browser = await site.SignInAsync();

        using (var response = await browser.SubmitAsync("/account/password", "password", ("CurrentPassword", TestSite.Password), ("NewPassword", Other)))
            Assert.Contains("Your password is changed", (await response.ReadPageAsync()).QuerySelector(".done")?.TextContent);

        using (var response = await browser.GetAsync("/people")) Assert.Equal("/people", response.RequestMessage!.RequestUri!.AbsolutePath);
        using var another = site.CreateClient();
        await another.SignInAsync(TestSite.AdminEmail, Other);
    }

    [Fact]
    public async Task Invitation_NewPerson_IsSignedInAndTheLinkIsUsedUp()
    {
        var invitation = await site.Services.GetRequiredService<InvitationService>().InviteToSiteAsync(await site.AdminAsync(), false, "cleo@example.org", 1, default);
        var address = $"/account/invitation?token={invitation.Secret}";
        using var browser = site.CreateClient(new() { AllowAutoRedirect = false });

        using (var wrong = await browser.SubmitAsync(address, "new-account", ("Email", "cleo@example.org"), ("DisplayName", ""), ("Password", "short")))
            Assert.Equal(2, (await wrong.ReadPageAsync()).Problems().Count);
        using (var right = await browser.SubmitAsync(address, "new-account", ("Email", "cleo@example.org"), ("DisplayName", "Cleo"), ("Password", Other)))
            Assert.Equal("/", Target(right));

        Assert.Contains("cleo@example.org", (await browser.ReadAsync("/account")).Body!.TextContent);
        Assert.Equal("This invitation is worth nothing", (await browser.ReadAsync(address)).QuerySelector("h1")!.TextContent);
    }

    [Fact]
    public async Task ResetPassword_Link_TakesANewPasswordOnce()
    {
        var link = await site.Services.GetRequiredService<PasswordService>().CreateResetLinkAsync(await site.AdminAsync(), (await site.AdminAsync()).Id, default);
        var address = $"/account/reset-password?token={link.Secret}";
        using var browser = site.CreateClient();

        (await browser.SubmitAsync(address, "reset", ("NewPassword", Other))).Dispose();

        await browser.SignInAsync(TestSite.AdminEmail, Other);
        Assert.Equal("This link is worth nothing", (await browser.ReadAsync(address)).QuerySelector("h1")!.TextContent);
    }

    [Fact]
    public async Task Token_MadeOnThePage_SignsAProgramInUntilItIsRevoked()
    {
        using var browser = await site.SignInAsync();
        using var made = await browser.SubmitAsync("/account/tokens", "create", ("Name", "export"), ("Scope", "Everything"), ("Days", "7"));
        var secret = (await made.ReadPageAsync()).QuerySelector("#new-token")!.TextContent;
        using var program = site.CreateClient(new() { AllowAutoRedirect = false });
        program.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);

        using (var response = await program.GetAsync("/account")) Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.DoesNotContain(secret, await browser.GetStringAsync("/account/tokens"));
        var handler = (await browser.ReadAsync("/account/tokens")).QuerySelector("input[name=_handler][value^=revoke]")!.GetAttribute("value")!;
        (await browser.SubmitAsync("/account/tokens", handler)).Dispose();

        using var refused = await program.GetAsync("/account");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task Register_Closed_OffersNoForm()
    {
        using var browser = site.CreateClient();

        Assert.Empty((await browser.ReadAsync("/account/register")).Forms);
        Assert.DoesNotContain("/account/register", await browser.GetStringAsync("/account/sign-in"));
    }

    [Fact]
    public async Task Register_Open_MakesAnAccount()
    {
        site.Settings["Accounts:OpenRegistration"] = "true";
        using var browser = site.CreateClient(new() { AllowAutoRedirect = false });

        (await browser.SubmitAsync("/account/register", "register", ("Email", "dora@example.org"), ("DisplayName", "Dora"), ("Password", Other))).Dispose();

        Assert.Contains("dora@example.org", (await browser.ReadAsync("/account")).Body!.TextContent);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await site.DisposeAsync();

    // Where a redirect leads, if it stays on this site.
    private static string? Target(HttpResponseMessage response) => response.Headers.Location is { Host: "localhost" } address ? address.PathAndQuery : response.Headers.Location?.OriginalString;
}
