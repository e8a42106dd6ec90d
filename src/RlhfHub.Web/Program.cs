using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using MudBlazor.Services;
using RlhfHub.Domain;
using RlhfHub.Domain.Data;
using RlhfHub.Web;
using RlhfHub.Web.Features.Installation;
using RlhfHub.Web.Features.Rounds;

// The settings and the page assets lie beside the program, wherever it is started from.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
// Only Development does this by itself: a built, unpublished site in Production would serve every stylesheet empty.
builder.WebHost.UseStaticWebAssets();

// Unverified: a new account's folder is not there yet, and would else come back empty.
var localApplicationData = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
var repository = builder.Environment.IsDevelopment() ? DataFolder.RepositoryAbove(AppContext.BaseDirectory) : null;
try
{
    var dataFolder = DataFolder.Locate(builder.Configuration[DataFolder.Setting], repository, localApplicationData);
    dataFolder.Create();

    builder.Services.AddSingleton(dataFolder);
    builder.Services.AddSingleton(WorkerLocation.Find(builder.Configuration["Worker:Path"], AppContext.BaseDirectory, WorkerLocation.BuiltPath));
    builder.Services.AddSingleton<InstallationCheck>();
    builder.Services.AddHub(dataFolder.Database);
    builder.Services.AddDataProtection().SetApplicationName("RlhfHub").PersistKeysToFileSystem(new DirectoryInfo(dataFolder.Keys));
    builder.Services.AddHealthChecks().AddCheck<DatabaseHealth>("database");
    builder.Services.AddRazorComponents().AddInteractiveServerComponents();
    builder.Services.AddMudServices();

    var app = builder.Build();
    app.UseSecurityHeaders();
    if (!app.Environment.IsDevelopment()) app.UseExceptionHandler("/error", createScopeForErrors: true);
    app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
    app.UseAntiforgery();
    app.MapHealthChecks("/healthz");
    app.MapStaticAssets();
    // SecurityHeaders sends the frame-ancestors policy; a second header would only repeat it.
    app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);

    await using (var db = await app.Services.GetRequiredService<IDbContextFactory<RlhfHubDbContext>>().CreateDbContextAsync())
        await HubDatabase.MigrateAsync(db);

    app.Lifetime.ApplicationStarted.Register(() => StartMessage.Print(app.Urls, dataFolder, Console.Out));
    await app.RunAsync();
    return 0;
}
catch (DataFolderException error)
{
    await Console.Error.WriteLineAsync(error.Message);
    return 1;
}
