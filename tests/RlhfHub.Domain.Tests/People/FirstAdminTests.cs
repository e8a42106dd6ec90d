using RlhfHub.Domain.People;

namespace RlhfHub.Domain.Tests.People;

public sealed class FirstAdminTests : PeopleTest
{
    [Fact]
    public async Task Create_ThereIsAnAdmin_DoesNothing()
    {
        Assert.Null(await Get<FirstAdmin>().CreateAsync(new("eve@example.org", "Eve", Password), default));
        Assert.Single(await Get<PeopleService>().ListAsync(Admin, null, null, 10, default));
    }

    [Fact]
    public async Task SetUp_RightTokenButAdminThere_IsClosed()
    {
        var token = Get<SetUpLink>().Issue();

        Assert.False(await Get<SetUpService>().IsOpenAsync(Actor.Anonymous, token, default));
        Assert.Null(await Get<SetUpService>().CreateAdminAsync(Actor.Anonymous, token, new("eve@example.org", "Eve", Password), default));
    }

    [Fact]
    public async Task SetUp_NoAdmin_TakesTheRightTokenOnce()
    {
        await using (var db = await OpenAsync())
        {
            db.RemoveRange(db.Users);
            await db.SaveChangesAsync();
        }
        var setUp = Get<SetUpService>();
        var old = Get<SetUpLink>().Issue();
        var token = Get<SetUpLink>().Issue();

        Assert.False(await setUp.IsOpenAsync(Actor.Anonymous, old, default));
        Assert.False(await setUp.IsOpenAsync(Actor.Anonymous, null, default));
        Assert.Null(await setUp.CreateAdminAsync(Actor.Anonymous, old, new("eve@example.org", "Eve", Password), default));
        await Assert.ThrowsAsync<InvalidRequestException>(() => setUp.CreateAdminAsync(Actor.Anonymous, token, new("eve", "", "short"), default));
        Assert.NotNull(await setUp.CreateAdminAsync(Actor.Anonymous, token, new("eve@example.org", "Eve", Password), default));
        Assert.Null(await setUp.CreateAdminAsync(Actor.Anonymous, token, new("mallory@example.org", "Mallory", Password), default));
    }
}
