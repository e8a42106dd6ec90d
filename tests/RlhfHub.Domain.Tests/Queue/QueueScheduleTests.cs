namespace RlhfHub.Domain.Tests.Queue;

/// <summary>Exactly k, whatever happens: seeded schedules of everything that raters, reviewers and the clock can do. The form with 100,000 answers and killed processes is <c>bench -- queue</c>.</summary>
public sealed class QueueScheduleTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(500)]
    [InlineData(1000)]
    [InlineData(1500)]
    public async Task AnySchedule_Finished_HasExactlyKAndLostNothing(int firstSeed)
    {
        await using var hub = await TestHub.CreateAsync(firstSeed);

        for (var seed = firstSeed; seed < firstSeed + 50; seed++) await new QueueSchedule(hub, seed).RunAsync();
    }
}
