using RlhfHub.Training.Optimizers;

namespace RlhfHub.Training.Tests.Optimizers;

public sealed class LearningRateScheduleTests
{
    [Theory]
    [InlineData(ScheduleKind.Linear, 0, 0)]
    [InlineData(ScheduleKind.Linear, 5, 1)]
    [InlineData(ScheduleKind.Linear, 10, 2)]
    [InlineData(ScheduleKind.Linear, 55, 1)]      // half of the 90 steps of the fall
    [InlineData(ScheduleKind.Linear, 100, 0)]
    [InlineData(ScheduleKind.Linear, 120, 0)]
    [InlineData(ScheduleKind.Constant, 5, 1)]
    [InlineData(ScheduleKind.Constant, 100, 2)]
    [InlineData(ScheduleKind.Cosine, 10, 2)]
    [InlineData(ScheduleKind.Cosine, 40, 1.5)]    // a third: (1 + cos 60°) / 2
    [InlineData(ScheduleKind.Cosine, 55, 1)]
    [InlineData(ScheduleKind.Cosine, 100, 0)]
    [InlineData(ScheduleKind.Cosine, 130, 0)]
    public void At_OfAHundredStepsWithTenOfWarmup_IsTransformersRate(ScheduleKind kind, long step, double expected)
    {
        var schedule = new LearningRateSchedule { Kind = kind, PeakRate = 2, TotalSteps = 100, WarmupSteps = 10 };

        Assert.Equal(expected, schedule.At(step), 1e-12);
    }

    [Fact]
    public void At_CosineWithAFloor_EndsThere()
    {
        var schedule = new LearningRateSchedule { Kind = ScheduleKind.Cosine, PeakRate = 1, TotalSteps = 10, MinFactor = 0.1 };

        Assert.Equal([1, 0.55, 0.1], new[] { schedule.At(0), schedule.At(5), schedule.At(10) }, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Theory]
    [InlineData(0.03, 100, 3)]
    [InlineData(0.03, 101, 4)]
    [InlineData(0, 50, 0)]
    public void WarmupStepsOf_RoundsUp(double ratio, long total, long expected) => Assert.Equal(expected, LearningRateSchedule.WarmupStepsOf(ratio, total));
}
