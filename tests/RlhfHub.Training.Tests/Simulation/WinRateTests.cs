using RlhfHub.Training.Simulation;

namespace RlhfHub.Training.Tests.Simulation;

public sealed class WinRateTests
{
    // Wilson's interval, worked out by hand and found in textbooks: 8 of 10, and none of 10.
    [Theory]
    [InlineData(8, 0, 2, 0.8, 0.4902, 0.9433)]
    [InlineData(0, 0, 10, 0, 0, 0.2775)]
    [InlineData(50, 0, 50, 0.5, 0.4038, 0.5962)]
    [InlineData(40, 20, 40, 0.5, 0.4038, 0.5962)]
    public void OfJudgments_KnownNumbers_GivesWilsonsInterval(int wins, int ties, int losses, double rate, double low, double high)
    {
        var result = WinRate.OfJudgments(wins, ties, losses);

        Assert.Equal(rate, result.Rate, 1e-9);
        Assert.Equal(low, result.Low, 1e-4);
        Assert.Equal(high, result.High, 1e-4);
        Assert.Equal(wins + ties + losses, result.Count);
    }

    [Fact]
    public void OfJudgments_None_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => WinRate.OfJudgments(0, 0, 0));

    [Fact]
    public void OfPrompts_OneJudgmentEach_AgreesWithTheNormalApproximation()
    {
        var prompts = Enumerable.Range(0, 400).Select(i => (IReadOnlyList<double>)[i < 260 ? 1 : 0]).ToArray();

        var result = WinRate.OfPrompts(prompts, seed: 1);

        // 0.65 ± 1.96 √(0.65 · 0.35 / 400) = 0.65 ± 0.0467
        Assert.Equal(0.65, result.Rate, 1e-9);
        Assert.Equal(0.6033, result.Low, 0.006);
        Assert.Equal(0.6967, result.High, 0.006);
    }

    [Fact]
    public void OfPrompts_JudgmentsThatHangTogether_DoNotNarrowTheInterval()
    {
        var once = Enumerable.Range(0, 100).Select(i => (IReadOnlyList<double>)[i % 2]).ToArray();
        var fiveTimes = Enumerable.Range(0, 100).Select(i => (IReadOnlyList<double>)[.. Enumerable.Repeat((double)(i % 2), 5)]).ToArray();

        Assert.Equal(WinRate.OfPrompts(once, seed: 2), WinRate.OfPrompts(fiveTimes, seed: 2));
    }
}
