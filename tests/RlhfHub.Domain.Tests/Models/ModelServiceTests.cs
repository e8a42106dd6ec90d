using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Models;

namespace RlhfHub.Domain.Tests.Models;

public sealed class ModelServiceTests : IAsyncLifetime
{
    private static readonly ModelChoice Outside = new() { Source = ModelSource.Endpoint, Name = "gpt", Endpoint = "https://api.example.org/v1/", Key = "secret" };

    private TestHub hub = null!;
    private Guid project;

    private ModelService Service => hub.Get<ModelService>();

    [Fact]
    public async Task Get_NothingChosen_IsTheBaseModelOfTheOwnServer()
    {
        var model = await Service.GetAsync(hub.Admin, project, default);

        Assert.Equal((ModelSource.Own, "starter", false), (model.Source, model.Name, model.HasKey));
    }

    [Fact]
    public async Task Choose_WithAKey_KeepsItSealedAndOutOfTheLog()
    {
        var model = await Service.ChooseAsync(hub.Admin, project, Outside, default);

        Assert.Equal((true, "https://api.example.org/v1"), (model.HasKey, model.Endpoint));
        await using var db = await hub.OpenAsync();
        Assert.Equal("sealed:terces", (await db.ChosenModels.SingleAsync()).SealedKey);
        Assert.DoesNotContain(await db.AuditEntries.Select(entry => entry.Details).ToListAsync(), text => text.Contains("secret", StringComparison.Ordinal) || text.Contains("terces", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Choose_SameAddressWithoutAKey_KeepsTheKeyAndAnotherAddressDropsIt()
    {
        await Service.ChooseAsync(hub.Admin, project, Outside, default);

        Assert.True((await Service.ChooseAsync(hub.Admin, project, Outside with { Name = "other", Key = null }, default)).HasKey);
        Assert.False((await Service.ChooseAsync(hub.Admin, project, Outside with { Endpoint = "https://evil.example.org/v1", Key = null }, default)).HasKey);
    }

    [Theory]
    [InlineData("ftp://example.org")]
    [InlineData("example.org")]
    [InlineData("https://key@example.org/v1")]
    [InlineData("https://example.org/v1?key=1")]
    [InlineData(null)]
    public async Task Choose_AddressThatIsNone_IsRefused(string? address)
    {
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => Service.ChooseAsync(hub.Admin, project, Outside with { Endpoint = address }, default));

        Assert.Contains("endpoint", error.Errors.Keys);
    }

    [Fact]
    public async Task Choose_PrivateAddressOrUnknownModel_IsRefused()
    {
        hub.Models.Refusal = "It leads here.";

        await Assert.ThrowsAsync<InvalidRequestException>(() => Service.ChooseAsync(hub.Admin, project, Outside, default));
        await Assert.ThrowsAsync<InvalidRequestException>(() => Service.ChooseAsync(hub.Admin, project, new ModelChoice { Source = ModelSource.Own, Name = "../keys" }, default));
    }

    public async Task InitializeAsync()
    {
        hub = await TestHub.CreateAsync();
        project = await hub.AddProjectAsync();
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();
}
