using RlhfHub.Training.Losses;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Losses;

public sealed class ControllerTests
{
    [Theory]
    [InlineData(6.6, 0.2 * (1 + 0.1 * 256 / 10_000))]
    [InlineData(60, 0.2 * (1 + 0.2 * 256 / 10_000))]     // an error counts 20 % at most
    [InlineData(0, 0.2 * (1 - 0.2 * 256 / 10_000))]
    [InlineData(6, 0.2)]
    public void Adaptive_MovesThePriceTowardsTheTarget(double kl, double expected)
    {
        var controller = new AdaptiveKlController(0.2);

        controller.Update(kl, 256);

        Assert.Equal(expected, controller.Coefficient, 1e-12);
    }

    [Fact]
    public void Fixed_Stays()
    {
        IKlController controller = new FixedKlController(0.05);

        controller.Update(100, 256);

        Assert.Equal(0.05, controller.Coefficient);
    }

    [Fact]
    public void RewardNormalizer_InPieces_GivesMeanZeroAndDeviationOne()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var rewards = randn(1000, ScalarType.Float64).mul(7).add(1e4);
        var whole = new RewardNormalizer();
        whole.Update(rewards);
        var pieces = new RewardNormalizer();
        foreach (var piece in rewards.split(137)) pieces.Update(piece);
        var resumed = new RewardNormalizer(pieces.Seen);

        var normal = resumed.Apply(rewards);

        Assert.Equal(whole.Gain, pieces.Gain, 1e-12);
        Assert.Equal(whole.Bias, pieces.Bias, 1e-9);
        Assert.Equal(0, normal.mean().item<double>(), 1e-9);
        Assert.Equal(1, normal.square().mean().item<double>(), 1e-9);
    }

    [Fact]
    public void RewardNormalizer_ByHand()
    {
        using var scope = NewDisposeScope();
        var fresh = new RewardNormalizer();
        var seen = new RewardNormalizer();
        seen.Update(tensor(new[] { 1.0, 3, 5 }));   // deviation √(8/3)
        var shifting = new RewardNormalizer(seen.Seen, scales: false);
        var constant = new RewardNormalizer();
        constant.Update(tensor(new[] { 2.0, 2 }));

        Assert.Equal((1, 0), (fresh.Gain, Math.Abs(fresh.Bias)));
        Assert.Equal(Math.Sqrt(3.0 / 8), seen.Gain, 1e-12);
        Assert.Equal(-3 * Math.Sqrt(3.0 / 8), seen.Bias, 1e-12);
        Assert.Equal((1, -3), (shifting.Gain, shifting.Bias));
        Assert.Equal((1, -2), (constant.Gain, constant.Bias));
    }
}
