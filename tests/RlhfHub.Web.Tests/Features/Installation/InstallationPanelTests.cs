using Bunit;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain.Data;
using RlhfHub.Web.Features.Installation;
using RlhfHub.Web.Features.Rounds;
using RlhfHub.Web.Tests.States;

namespace RlhfHub.Web.Tests.Features.Installation;

public sealed class InstallationPanelTests : ComponentTest
{
    private readonly TemporaryFolder temporary = new();
    private readonly DataFolder dataFolder;

    public InstallationPanelTests()
    {
        dataFolder = DataFolder.Locate(temporary.Path, repository: null, localApplicationData: "");
        Services.AddSingleton(dataFolder);
        Services.AddSingleton<InstallationCheck>();
        Services.AddHubDatabase(dataFolder.Database);
    }

    [Fact]
    public async Task Render_MigratedDatabase_NamesFolderAndSchema()
    {
        var panel = await RenderAsync(new WorkerLocation("/opt/worker", WorkerSource.Setting));

        panel.WaitForAssertion(() => Assert.Contains("Ready, with the schema", panel.Find("#database").TextContent));
        Assert.Contains(dataFolder.Path, panel.Markup);
    }

    [Fact]
    public async Task Render_WorkerInTheBuild_SaysWhere()
    {
        var worker = temporary["rlhfhub-worker"];
        File.WriteAllText(worker, "");

        var panel = await RenderAsync(new WorkerLocation(worker, WorkerSource.Build));

        panel.WaitForAssertion(() => Assert.Contains("Found in the build's output", panel.Find("#worker").TextContent));
        Assert.Contains(worker, panel.Find("#worker").TextContent);
    }

    [Fact]
    [Covers(typeof(InstallationPanel), ComponentState.Loading)]
    public async Task Render_DatabaseDoesNotAnswerYet_SaysThatItLooks()
    {
        var contexts = new SlowContexts(Services.BuildServiceProvider().GetRequiredService<IDbContextFactory<RlhfHubDbContext>>());
        Services.AddSingleton<IDbContextFactory<RlhfHubDbContext>>(contexts);
        Services.AddSingleton(new WorkerLocation("/opt/worker", WorkerSource.Setting));

        var panel = Render<InstallationPanel>();
        Assert.NotNull(panel.Find("[aria-label='Looking at the installation']"));
        contexts.Gate.SetResult();

        await panel.WaitForAssertionAsync(() => Assert.Contains("Not ready: it has no tables", panel.Find("#database").TextContent, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(WorkerSource.Setting, "the setting Worker:Path names a file that does not exist")]
    [InlineData(WorkerSource.BesideTheSite, "set Worker:Path to the program")]
    [Covers(typeof(InstallationPanel), ComponentState.Error)]
    public async Task Render_NoWorker_SaysHowToMendIt(WorkerSource source, string advice)
    {
        var panel = await RenderAsync(new WorkerLocation(temporary["missing"], source));

        panel.WaitForAssertion(() => Assert.Contains(advice, panel.Find("#worker").TextContent));
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        SqliteConnection.ClearAllPools();
        temporary.Dispose();
    }

    private sealed class SlowContexts(IDbContextFactory<RlhfHubDbContext> contexts) : IDbContextFactory<RlhfHubDbContext>
    {
        public TaskCompletionSource Gate { get; } = new();

        public RlhfHubDbContext CreateDbContext() => contexts.CreateDbContext();

        public async Task<RlhfHubDbContext> CreateDbContextAsync(CancellationToken cancellationToken)
        {
            await Gate.Task;
            return await contexts.CreateDbContextAsync(cancellationToken);
        }
    }

    private async Task<IRenderedComponent<InstallationPanel>> RenderAsync(WorkerLocation worker)
    {
        Services.AddSingleton(worker);
        await using var db = await Services.GetRequiredService<IDbContextFactory<RlhfHubDbContext>>().CreateDbContextAsync();
        await HubDatabase.MigrateAsync(db);
        return Render<InstallationPanel>();
    }
}
