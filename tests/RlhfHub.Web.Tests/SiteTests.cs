using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain.Data;

namespace RlhfHub.Web.Tests;

public sealed class SiteTests : IAsyncLifetime
{
    private readonly TestSite site = new();

    [Fact]
    public async Task HomePage_Requested_IsAShellWithoutPrerenderedContent()
    {
        using var browser = await site.SignInAsync();

        var html = await browser.GetStringAsync("/");

        Assert.Contains("<!--Blazor:{\"type\":\"server\"", html);
        Assert.DoesNotContain("<h1", html);
    }

    [Fact]
    public async Task RootStylesheet_Requested_HasContent()
    {
        using var browser = site.CreateClient();

        var css = await browser.GetStringAsync("/site.css");

        Assert.Contains(".connecting", css);
    }

    [Fact]
    public async Task PageAssets_EveryOne_HasContent()
    {
        using var browser = await site.SignInAsync();

        foreach (var asset in PageAssets.In(await browser.GetStringAsync("/")))
            Assert.True((await browser.GetByteArrayAsync(asset)).Length > 0, $"{asset} is empty");
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/health/ready")]
    [InlineData("/health/live")]
    public async Task Health_DatabaseThere_IsHealthyForAnybody(string address)
    {
        using var browser = site.CreateClient();

        Assert.Equal("Healthy", await browser.GetStringAsync(address));
    }

    [Fact]
    public async Task Health_TableGone_IsAliveButNotReady()
    {
        using var browser = site.CreateClient();
        await using (var db = await site.Services.GetRequiredService<IDbContextFactory<RlhfHubDbContext>>().CreateDbContextAsync())
            await db.Database.ExecuteSqlRawAsync("PRAGMA foreign_keys = OFF; DROP TABLE People");

        foreach (var address in new[] { "/healthz", "/health/ready" })
        {
            using var response = await browser.GetAsync(address);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        }
        Assert.Equal("Healthy", await browser.GetStringAsync("/health/live"));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/no/such/page")]
    [InlineData("/error")]
    [InlineData("/site.css")]
    [InlineData("/healthz")]
    [InlineData("/account/sign-in")]
    public async Task EveryAnswer_CarriesTheSecurityHeaders(string path)
    {
        using var browser = site.CreateClient();

        using var response = await browser.GetAsync(path);

        AssertSecurityHeaders(response);
    }

    [Fact]
    public async Task UnknownAddress_Requested_IsNotFoundWithAPage()
    {
        using var browser = await site.SignInAsync();

        using var response = await browser.GetAsync("/no/such/page");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Exception_InARequest_ShowsTheErrorPageWithHeadersAndNoDetails()
    {
        await using var failing = site.WithWebHostBuilder(builder => builder.ConfigureTestServices(services => services.AddSingleton<IStartupFilter, FailingAddress>()));
        using var browser = failing.CreateClient();
        await browser.SignInAsync(TestSite.AdminEmail, TestSite.Password);

        using var response = await browser.GetAsync(FailingAddress.Path);

        var html = await response.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("Something went wrong here", html);
        Assert.DoesNotContain(FailingAddress.Secret, html);
        AssertSecurityHeaders(response);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await site.DisposeAsync();

    private static void AssertSecurityHeaders(HttpResponseMessage response)
    {
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self';", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.DoesNotContain("localhost", policy);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("same-origin", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
    }

    private sealed class FailingAddress : IStartupFilter
    {
        public const string Path = "/fails";
        public const string Secret = "a detail for the log only";

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            next(app);
            app.Map(Path, branch => branch.Run(_ => throw new InvalidOperationException(Secret)));
        };
    }
}
