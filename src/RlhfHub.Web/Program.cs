using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Web;
using RlhfHub.Web.Operations;

if (Verbs.AreFor(args)) return await Verbs.RunAsync(args);

// The settings and the page assets lie beside the program, wherever it is started from.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
// Only Development does this by itself: a built, unpublished site in Production would serve every stylesheet empty.
builder.WebHost.UseStaticWebAssets();

try
{
    var dataFolder = SiteDataFolder.Locate(builder.Configuration, builder.Environment.IsDevelopment());
    dataFolder.Create();
    using var siteLock = SiteLock.Take(dataFolder);

    builder.AddTelemetry();
    builder.AddSite(dataFolder);
    await using var app = builder.Build();
    app.UseSite();

    await using (var db = await app.Services.GetRequiredService<IDbContextFactory<RlhfHubDbContext>>().CreateDbContextAsync())
        await HubDatabase.MigrateWithBackupAsync(db, dataFolder, DateTime.UtcNow);
    var setUpToken = await FirstStart.PrepareAsync(app.Services, app.Configuration);

    app.Lifetime.ApplicationStarted.Register(() => StartMessage.Print(app.Urls, dataFolder, setUpToken, Console.Out));
    await app.RunAsync();
    return 0;
}
catch (DataFolderException error)
{
    await Console.Error.WriteLineAsync(error.Message);
    return 1;
}
