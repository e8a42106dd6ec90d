using RlhfHub.Training.Losses;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Losses;

public sealed class MaskedStatisticsTests
{
    [Fact]
    public void Statistics_ByHand_IgnoreWhatIsMasked()
    {
        using var scope = NewDisposeScope();
        var values = tensor(new[,] { { 1.0, double.NaN, 3 }, { double.PositiveInfinity, 8, 1e300 } });
        var mask = tensor(new[,] { { true, false, true }, { false, true, false } });

        Assert.Equal(4, MaskedStatistics.Mean(values, mask).item<double>(), 1e-12);
        Assert.Equal(13, MaskedStatistics.Variance(values, mask).item<double>(), 1e-12);   // (9 + 1 + 16) / 2
        var whitened = MaskedStatistics.Whiten(values, mask);
        Assert.Equal([-3 / Math.Sqrt(13), 0, -1 / Math.Sqrt(13), 0, 4 / Math.Sqrt(13), 0], whitened.data<double>().ToArray(), Near);
        var kept = MaskedStatistics.Whiten(values, mask, shiftMean: false);
        Assert.Equal([4 - 3 / Math.Sqrt(13), 0, 4 - 1 / Math.Sqrt(13), 0, 4 + 4 / Math.Sqrt(13), 0], kept.data<double>().ToArray(), Near);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Statistics_OfNothingOrOne_AreFinite(int count)
    {
        using var scope = NewDisposeScope();
        var values = tensor(new[] { 5.0, 7.0 });
        var mask = tensor(new[] { count > 0, false });

        Assert.Equal(count == 0 ? 0 : 5, MaskedStatistics.Mean(values, mask).item<double>());
        Assert.Equal(0, MaskedStatistics.Variance(values, mask).item<double>());
        Assert.Equal([0, 0], MaskedStatistics.Whiten(values, mask).data<double>().ToArray());
    }

    [Fact]
    public void Average_EmptyCompletion_IsZero()
    {
        using var scope = NewDisposeScope();

        var average = SequenceLogProbabilities.Average(tensor(new[,] { { -2.0, -4 }, { -3, -5 } }), tensor(new[,] { { true, true }, { false, false } }));

        Assert.Equal([-3, 0], average.data<double>().ToArray());
    }

    private static bool Near(double left, double right) => Math.Abs(left - right) < 1e-8;
}
