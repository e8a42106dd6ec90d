using RlhfHub.Domain.Models;

namespace RlhfHub.Domain.Tests.Models;

public sealed class WinRateTests
{
    [Fact]
    public void Interval_IsWilsons()
    {
        // 60 of 100: 0.5020 to 0.6906, worked out by hand from Wilson's formula with z = 1.959964.
        var rate = new WinRate(60, 0, 40);

        Assert.Equal(0.6, rate.Rate!.Value, 12);
        Assert.Equal(0.5020, rate.Low!.Value, 4);
        Assert.Equal(0.6906, rate.High!.Value, 4);
    }

    [Fact]
    public void Of_SeveralJudgesOfOneComparison_CountAsOne()
    {
        var rate = WinRate.Of([[1, 1, 0], [0.5], [], [0]]);

        Assert.Equal(3, rate.Count, 12);
        Assert.Equal((2.0 / 3 + 0.5) / 3, rate.Rate!.Value, 12);
    }

    [Theory]
    [InlineData(5, 0)]
    [InlineData(0, 5)]
    public void Interval_AllOrNothing_StaysWithinOneAndSaysThatFewAreFew(int wins, int losses)
    {
        var rate = new WinRate(wins, 0, losses);

        Assert.InRange(rate.Low!.Value, 0, 1);
        Assert.InRange(rate.High!.Value, 0, 1);
        Assert.True(rate.High - rate.Low > 0.4);
    }

    [Fact]
    public void Rate_NothingCompared_IsNoNumber() => Assert.Equal((null, null, null), (WinRate.Of([]).Rate, WinRate.Of([]).Low, WinRate.Of([]).High));
}
