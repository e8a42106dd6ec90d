using System.Text;
using Microsoft.Extensions.DependencyInjection;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.Prompts;
using RlhfHub.Web.Features.Models;

namespace RlhfHub.Web.Tests.Features.Models;

/// <summary>The real worker with the starter model, reached as the site reaches it.</summary>
public sealed class ModelHostTests : IAsyncLifetime
{
    private static readonly ModelAddress Starter = new(ModelSource.Own, "starter");

    private readonly TestSite site = new();

    private IModelHost Host => site.Services.GetRequiredService<IModelHost>();

    private ModelServer Server => site.Services.GetRequiredService<ModelServer>();

    [Fact]
    public async Task Write_FreshSite_StartsTheServerAndAnswersAlikeForASeed()
    {
        Assert.Equal(ModelServerState.NotStarted, (await Host.StatusAsync(default)).State);
        Assert.Contains("starter", Host.Installed());

        var first = await WriteAsync(7);
        var again = await WriteAsync(7);

        Assert.NotEqual("", first.Trim());
        Assert.Equal(first, again);
        var status = await Host.StatusAsync(default);
        Assert.Equal((ModelServerState.Ready, 0, 0), (status.State, status.Running, status.Waiting));
        Assert.Contains("\"listening\"", await ReadLogAsync(), StringComparison.Ordinal);
        using var stranger = new HttpClient();
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await stranger.GetAsync(new Uri(Server.Running!.Address, "/v1/models"))).StatusCode);
    }

    [LinuxFact]
    public async Task Write_AfterTheServerWasKilled_StartsItAnew()
    {
        await WriteAsync(1);
        var address = Server.Running!.Address;
        foreach (var id in Children())
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            process.Kill();
        }
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (Server.Running is { } running && running.Address == address) await Task.Delay(50, patience.Token);

        Assert.NotEqual("", await WriteAsync(1));
        Assert.Equal(1, Server.Restarts);
    }

    [Fact]
    public async Task Write_ModelThatIsALink_IsNotServed()
    {
        var models = site.Services.GetRequiredService<DataFolder>().Models;
        Assert.Contains("starter", Host.Installed());
        Directory.CreateSymbolicLink(Path.Combine(models, "linked"), Path.Combine(models, "starter"));

        Assert.DoesNotContain("linked", Host.Installed());
        foreach (var name in new[] { "linked", "../models/starter", "nothing" })
            Assert.True((await Assert.ThrowsAsync<ModelException>(() => ReadAsync(Starter with { Name = name }))).IsRefusal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9/v1")]
    [InlineData("https://localhost/v1")]
    [InlineData("https://[::1]/v1")]
    [InlineData("https://169.254.169.254/latest")]
    public async Task Endpoint_OfThisMachine_IsRefusedWhenChosenAndWhenCalled(string address)
    {
        Assert.NotNull(await Host.RefusalAsync(new Uri(address), default));
        var error = await Assert.ThrowsAsync<ModelException>(() => ReadAsync(new ModelAddress(ModelSource.Endpoint, "any", address)));
        Assert.Contains("cannot be reached", error.Message, StringComparison.Ordinal);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await site.DisposeAsync();

    private Task<string> WriteAsync(int seed) => ReadAsync(Starter, seed);

    private async Task<string> ReadAsync(ModelAddress model, int seed = 1)
    {
        var text = new StringBuilder();
        await foreach (var piece in Host.WriteAsync(model, [new Message(Message.User, "What colour is the sun?")], new ReplySampling(1, 1, null, seed), default)) text.Append(piece);
        return text.ToString();
    }

    private async Task<string> ReadLogAsync()
    {
        await using var file = new FileStream(Server.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return await reader.ReadToEndAsync();
    }

    // The server of this test's own site, by the folder that it was told.
    private List<int> Children() =>
        [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!)).Where(IsOurs)];

    private bool IsOurs(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Contains(site.Services.GetRequiredService<DataFolder>().Models, StringComparison.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;   // it has just ended
        }
    }
}
