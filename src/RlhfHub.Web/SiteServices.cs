using Microsoft.AspNetCore.DataProtection;
using MudBlazor.Services;
using RlhfHub.Domain;
using RlhfHub.Domain.Data;
using RlhfHub.Web.Account;
using RlhfHub.Web.Api;
using RlhfHub.Web.Features.Datasets;
using RlhfHub.Web.Features.Installation;
using RlhfHub.Web.Features.Models;
using RlhfHub.Web.Features.Rounds;
using RlhfHub.Web.Live;

namespace RlhfHub.Web;

/// <summary>What the site is made of.</summary>
internal static class SiteServices
{
    // The longest reply or guidelines, 200,000 characters, must get through from a page in one message; the default of 32 KB would end the circuit.
    private const int MaxCircuitMessageBytes = 4 << 20;

    public static void AddSite(this WebApplicationBuilder builder, DataFolder dataFolder)
    {
        var services = builder.Services;
        services.AddSingleton(dataFolder);
        services.AddSingleton(WorkerLocation.Find(builder.Configuration["Worker:Path"], AppContext.BaseDirectory, WorkerLocation.BuiltPath));
        services.AddSingleton<InstallationCheck>();
        services.AddHub(dataFolder.Database);
        services.AddDataProtection().SetApplicationName("RlhfHub").PersistKeysToFileSystem(new DirectoryInfo(dataFolder.Keys));
        services.AddAntiforgery(options => options.Cookie.Name = "rlhfhub.antiforgery");
        services.AddAccounts(builder.Configuration);
        services.AddHubApi();
        services.AddModels(builder.Configuration);
        services.AddRounds();
        services.AddLive();
        services.AddHostedService<ImportJob>();
        services.AddHealthChecks().AddCheck<DatabaseHealth>("database");
        services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(options => options.MaximumReceiveMessageSize = MaxCircuitMessageBytes);
        services.AddMudServices();
    }
}
