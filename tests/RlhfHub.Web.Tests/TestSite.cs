using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RlhfHub.Domain.People;

namespace RlhfHub.Web.Tests;

/// <summary>The real site inside the test's process, in Production, with an empty data folder and one admin.</summary>
public sealed class TestSite : WebApplicationFactory<App>
{
    public const string AdminEmail = "anna@example.org";
    public const string Password = "many small violet boats";

    private readonly TemporaryFolder data = new();

    /// <summary>Settings beside the usual ones; to be given before the site is first used.</summary>
    public Dictionary<string, string> Settings { get; } = new() { ["RLHFHUB_ADMIN_EMAIL"] = AdminEmail, ["RLHFHUB_ADMIN_PASSWORD"] = Password };

    /// <summary>Where the site's log goes too.</summary>
    public ILoggerProvider? Logs { get; init; }

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

    /// <summary>Has the site listen on a port of this machine, for what goes past HttpClient; to be called before the site is first used.</summary>
    public Uri Listen()
    {
        UseKestrel(0);
        StartServer();
        return new(Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production").UseSetting("RLHFHUB_DATA", data.Path);
        foreach (var (name, value) in Settings) builder.UseSetting(name, value);
        if (Logs is not null) builder.ConfigureLogging(logging => logging.AddProvider(Logs));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        data.Dispose();
    }
}
