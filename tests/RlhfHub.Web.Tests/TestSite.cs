using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain.People;

namespace RlhfHub.Web.Tests;

/// <summary>The real site inside the test's process, in Production, with an empty data folder and one admin.</summary>
public sealed class TestSite : WebApplicationFactory<Program>
{
    public const string AdminEmail = "anna@example.org";
    public const string Password = "many small violet boats";

    private readonly TemporaryFolder data = new();

    /// <summary>Settings beside the usual ones; to be given before the site is first used.</summary>
    public Dictionary<string, string> Settings { get; } = new() { ["RLHFHUB_ADMIN_EMAIL"] = AdminEmail, ["RLHFHUB_ADMIN_PASSWORD"] = Password };

    /// <summary>A browser in which somebody signed in by the form; without a name the admin.</summary>
    public async Task<HttpClient> SignInAsync(string email = AdminEmail)
    {
        var browser = CreateClient();
        await browser.SignInAsync(email, Password);
        return browser;
    }

    /// <summary>The admin as an actor of use cases.</summary>
    public async Task<Actor> AdminAsync()
    {
        var check = await Services.GetRequiredService<SignInService>().CheckPasswordAsync(Actor.Anonymous, AdminEmail, Password, default);
        return new Actor(check.PersonId, IsSiteAdmin: true);
    }

    /// <summary>Makes somebody with the usual password, through the services.</summary>
    public async Task<Actor> AddPersonAsync(string email)
    {
        var invitation = await Services.GetRequiredService<InvitationService>().InviteToSiteAsync(await AdminAsync(), false, null, 1, default);
        var details = new PersonDetails(email, email.Split('@')[0], Password);
        return new Actor(await Services.GetRequiredService<InvitationAcceptanceService>().AcceptAsNewAsync(Actor.Anonymous, invitation.Secret, details, default));
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production").UseSetting("RLHFHUB_DATA", data.Path);
        foreach (var (name, value) in Settings) builder.UseSetting(name, value);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        data.Dispose();
    }
}
