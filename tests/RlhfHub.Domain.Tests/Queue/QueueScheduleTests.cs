namespace RlhfHub.Domain.Tests.Queue;

/// <summary>Exactly k, whatever happens: seeded schedules of everything that raters, reviewers and the clock can do. The form with 100,000 answers and killed processes is <c>bench -- queue</c>.</summary>
public sealed class QueueScheduleTests
{
    private const int Schedules = 2000;

    [Fact]
    public async Task AnySchedule_Finished_HasExactlyKAndLostNothing()
    {
        // Each half has a database of its own, so that both cores are used.
        await Task.WhenAll(Enumerable.Range(0, 2).Select(half => Task.Run(async () =>
        {
            await using var hub = await TestHub.CreateAsync(half);
            for (var seed = half; seed < Schedules; seed += 2) await new QueueSchedule(hub, seed).RunAsync();
        })));
    }
}
