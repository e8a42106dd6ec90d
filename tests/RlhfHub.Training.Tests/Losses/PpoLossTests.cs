using RlhfHub.Training.Losses;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Losses;

public sealed class PpoLossTests
{
    private const string File = "ppo-updates";

    public static TheoryData<string> Cases => LossFixture.Cases(File);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Losses_AgreeWithTheReference(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = LossFixture.Open(File, name);
        var (logs, values) = (golden.Leaf("new"), golden.Leaf("values"));
        var masks = ResponseMasks.Of(golden["lengths"], logs.size(1));

        var policy = PpoLoss.Policy(logs, golden["old"], golden["advantages"], masks.IsToken, golden.Number("clip"));
        var value = PpoLoss.Value(values, golden["old_values"], golden["returns"], masks.IsValued, golden.Number("clip"));
        policy.Loss.add(value.Loss).backward();

        golden.AssertValue("policy_loss", policy.Loss);
        golden.AssertValue("clip_fraction", policy.ClipFraction);
        golden.AssertValue("approximate_kl", policy.ApproximateKl);
        golden.AssertValue("ratio", policy.Ratio);
        golden.AssertValue("value_loss", value.Loss);
        golden.AssertValue("value_clip_fraction", value.ClipFraction);
        golden.AssertGradient("new", logs);
        golden.AssertGradient("values", values);
        var metrics = PpoMetrics.Values(values, golden["old_values"], golden["returns"], masks.IsValued);
        Assert.Equal(7, metrics.Count);
        golden.AssertMetrics(metrics);
    }

    [Theory]
    [InlineData(1.5, 1.0, -1.2, true)]     // a good token's gain ends at 1.2
    [InlineData(0.5, 1.0, -0.5, false)]
    [InlineData(1.5, -1.0, 1.5, false)]    // a bad token's loss does not
    [InlineData(0.5, -1.0, 0.8, true)]
    public void Policy_ByHand(double ratio, double advantage, double expected, bool isClipped)
    {
        using var scope = NewDisposeScope();
        var logs = tensor(new[,] { { Math.Log(ratio) } });

        var loss = PpoLoss.Policy(logs, zeros_like(logs), tensor(new[,] { { advantage } }), ones(1, 1, ScalarType.Bool), clipRange: 0.2);

        Assert.Equal(expected, loss.Loss.item<double>(), 1e-12);
        Assert.Equal(isClipped ? 1 : 0, loss.ClipFraction.item<double>());
        Assert.Equal(0.5 * Math.Log(ratio) * Math.Log(ratio), loss.ApproximateKl.item<double>(), 1e-12);
    }

    [Fact]
    public void Value_ByHand()
    {
        using var scope = NewDisposeScope();

        // From 0 to 1 with a clip of 0.2 counts as 0.2; its distance from the return 1 is larger: 0.8² / 2.
        var loss = PpoLoss.Value(tensor(new[,] { { 1.0 } }), tensor(new[,] { { 0.0 } }), tensor(new[,] { { 1.0 } }), ones(1, 1, ScalarType.Bool));

        Assert.Equal(0.32, loss.Loss.item<double>(), 1e-12);
        Assert.Equal(1, loss.ClipFraction.item<double>());
    }

    [Fact]
    public void Losses_NothingButPads_AreZeroWithGradientsOfZero()
    {
        using var scope = NewDisposeScope();
        var logs = full(2, 3, 1e5, ScalarType.Float64).requires_grad_();
        var none = zeros(2, 3, ScalarType.Bool);
        var zero = zeros(2, 3, ScalarType.Float64);

        var policy = PpoLoss.Policy(logs, zero, zero, none);
        var value = PpoLoss.Value(logs, zero, zero, none);
        policy.Loss.add(value.Loss).backward();

        Assert.Equal(0, policy.Loss.item<double>());
        Assert.Equal(0, value.Loss.item<double>());
        Assert.True(logs.grad!.eq(0).all().item<bool>());
    }
}
