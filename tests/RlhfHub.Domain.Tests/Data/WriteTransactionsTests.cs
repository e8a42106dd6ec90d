using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Tests.Data;

public sealed class WriteTransactionsTests : IAsyncLifetime
{
    private TestHub hub = null!;

    [Fact]
    public async Task RunAsync_ManyReadAndAddOne_LosesNone()
    {
        await AddProjectAsync("0");

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => Writes.RunAsync(
            async db =>
            {
                var project = await db.Projects.SingleAsync();
                project.Name = (int.Parse(project.Name, null) + 1).ToString(null as IFormatProvider);
                await db.SaveChangesAsync();
            },
            default))));

        await using var db = await hub.OpenAsync();
        Assert.Equal("200", (await db.Projects.SingleAsync()).Name);
    }

    [Fact]
    public async Task RunAsync_OneOfAGroupFails_UndoesThatOneOnly()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 60).Select(index => Task.Run(async () =>
        {
            try
            {
                await Writes.RunAsync(
                    async db =>
                    {
                        db.Add(New(index.ToString(null as IFormatProvider)));
                        await db.SaveChangesAsync();
                        if (index % 3 == 0) throw new InvalidOperationException("This one fails.");
                    },
                    default);
                return true;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        })));

        await using var db = await hub.OpenAsync();
        var there = (await db.Projects.Select(project => project.Name).ToListAsync()).Select(name => int.Parse(name, null)).Order();
        Assert.Equal(Enumerable.Range(0, 60).Where(index => index % 3 != 0), there);
        Assert.Equal(40, outcomes.Count(succeeded => succeeded));
    }

    [Fact]
    public async Task RunAsync_Failed_LeavesNothingTrackedForTheNext()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => Writes.RunAsync(
            db =>
            {
                db.Add(New("never saved"));
                throw new InvalidOperationException();
            },
            default));

        await Writes.RunAsync(db => db.SaveChangesAsync(), default);

        await using var db = await hub.OpenAsync();
        Assert.Empty(await db.Projects.ToListAsync());
    }

    [Fact]
    public async Task RunAsync_ReachesTheDisk_UnlessItMayBeForgotten()
    {
        Assert.Equal(2, await Writes.RunAsync(SynchronousAsync, default));
        Assert.Equal(1, await Writes.RunForgettableAsync(SynchronousAsync, default));
        Assert.Equal(2, await Writes.RunAsync(SynchronousAsync, default));
    }

    [Fact]
    public async Task RunForgettableAsync_TogetherWithADurableOne_ReachesTheDisk()
    {
        var (isHeld, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = Writes.RunAsync(
            async db =>
            {
                isHeld.SetResult();
                await release.Task;
                return await SynchronousAsync(db);
            },
            default);
        await isHeld.Task;

        var together = new[] { Writes.RunForgettableAsync(SynchronousAsync, default), Writes.RunAsync(SynchronousAsync, default) };
        release.SetResult();

        Assert.All(await Task.WhenAll(together), synchronous => Assert.Equal(2, synchronous));
        Assert.Equal(2, await first);
    }

    [Fact]
    public async Task RunAsync_ManyTimes_KeepsTheLogShort()
    {
        var text = new string('x', 100_000);
        for (var index = 0; index < 400; index++)
        {
            await Writes.RunAsync(
                async db =>
                {
                    db.Add(new Project { Name = "Long", Description = text, Settings = new(), CreatedAt = hub.Now });
                    await db.SaveChangesAsync();
                },
                default);
        }

        // Were nothing moved meanwhile, the log would have 40 MB.
        await using var db = await hub.OpenAsync();
        Assert.InRange(new FileInfo(db.Database.GetDbConnection().DataSource + "-wal").Length, 1, 26 << 20);
        Assert.Equal(400, await db.Projects.CountAsync());
    }

    [Fact]
    public async Task RunAsync_CancelledWhileWaiting_DoesNothing()
    {
        using var stop = new CancellationTokenSource();
        var (started, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = Writes.RunAsync(
            async _ =>
            {
                started.SetResult();
                await release.Task;
            },
            default);
        await started.Task;
        var second = Writes.RunAsync(db => AddAsync(db, "second"), stop.Token);

        await stop.CancelAsync();
        release.SetResult();

        await first;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await using var db = await hub.OpenAsync();
        Assert.Empty(await db.Projects.ToListAsync());
    }

    public async Task InitializeAsync() => hub = await TestHub.CreateAsync();

    public async Task DisposeAsync() => await hub.DisposeAsync();

    private WriteTransactions Writes => hub.Get<WriteTransactions>();

    private Project New(string name) => new() { Name = name, Settings = new(), CreatedAt = hub.Now };

    private async Task AddAsync(RlhfHubDbContext db, string name)
    {
        db.Add(New(name));
        await db.SaveChangesAsync();
    }

    private static Task<int> SynchronousAsync(RlhfHubDbContext db) => db.Database.SqlQueryRaw<int>("SELECT synchronous AS Value FROM pragma_synchronous").SingleAsync();

    private Task AddProjectAsync(string name) => Writes.RunAsync(db => AddAsync(db, name), default);
}
