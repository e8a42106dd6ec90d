using RlhfHub.Training.Losses;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Losses;

public sealed class TokenLogProbabilitiesTests
{
    private const string File = "tokens";

    [Theory]
    [InlineData("plain", 1)]
    [InlineData("plain", 40)]
    [InlineData("plain", 1 << 20)]
    [InlineData("cold", 1)]
    [InlineData("cold", 40)]
    [InlineData("cold", 1 << 20)]
    public void FromHiddenWhere_InChunks_AgreesWithTheReference(string name, long maxLogits)
    {
        using var scope = NewDisposeScope();
        using var golden = LossFixture.Open(File, name);
        var (hidden, head, mask) = (golden.Leaf("hidden"), golden.Leaf("head"), golden["mask"]);

        var result = TokenLogProbabilities.FromHiddenWhere(hidden, head, golden["targets"], mask, golden.Number("temperature"), maxLogits);
        result.LogProbabilities.mul(golden["upstream"]).sum().backward();

        golden.AssertValue("logs", result.LogProbabilities);
        golden.AssertValue("entropies", result.Entropies);
        golden.AssertValue("sums", SequenceLogProbabilities.Sum(result.LogProbabilities, mask));
        golden.AssertValue("averages", SequenceLogProbabilities.Average(result.LogProbabilities, mask));
        golden.AssertGradient("hidden", hidden);
        golden.AssertGradient("head", head);
        Assert.False(result.Entropies.requires_grad);
    }

    [Fact]
    public void FromHidden_FrozenHead_GivesTheSameGradientOfHiddenStates()
    {
        using var scope = NewDisposeScope();
        using var golden = LossFixture.Open(File, "cold");
        var (hidden, head) = (golden.Leaf("hidden"), golden["head"]);

        var result = TokenLogProbabilities.FromHiddenWhere(hidden, head, golden["targets"], golden["mask"], golden.Number("temperature"), 30);
        result.LogProbabilities.mul(golden["upstream"]).sum().backward();

        golden.AssertGradient("hidden", hidden);
        Assert.Null(head.grad);
    }

    [Fact]
    public void FromHidden_FrozenHiddenStates_GivesTheSameGradientOfTheHead()
    {
        using var scope = NewDisposeScope();
        using var golden = LossFixture.Open(File, "plain");
        var (hidden, head) = (golden["hidden"], golden.Leaf("head"));

        var result = TokenLogProbabilities.FromHiddenWhere(hidden, head, golden["targets"], golden["mask"], maxLogits: 30);
        result.LogProbabilities.mul(golden["upstream"]).sum().backward();

        golden.AssertGradient("head", head);
    }

    [Fact]
    public void FromHidden_BFloat16_StaysNearFloat32()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var (hidden, head, targets) = (randn(40, 16), randn(50, 16), randint(50, [40], dtype: ScalarType.Int64));
        var (narrowHidden, narrowHead) = (hidden.to(ScalarType.BFloat16).requires_grad_(), head.to(ScalarType.BFloat16).requires_grad_());
        var (wideHidden, wideHead) = (narrowHidden.detach().to(ScalarType.Float32).requires_grad_(), narrowHead.detach().to(ScalarType.Float32).requires_grad_());

        var narrow = TokenLogProbabilities.FromHidden(narrowHidden, narrowHead, targets, maxLogits: 500);
        narrow.LogProbabilities.mean().backward();
        TokenLogProbabilities.FromHidden(wideHidden, wideHead, targets).LogProbabilities.mean().backward();

        Assert.Equal(ScalarType.Float32, narrow.LogProbabilities.dtype);
        Assert.Equal(ScalarType.BFloat16, narrowHead.grad!.dtype);
        AssertNear(wideHead.grad!, narrowHead.grad!);
        AssertNear(wideHidden.grad!, narrowHidden.grad!);

        static void AssertNear(Tensor expected, Tensor actual) =>
            Assert.InRange((actual.to(ScalarType.Float32) - expected).norm().item<float>() / expected.norm().item<float>(), 0, 0.02);
    }

    [Fact]
    public void FromHidden_BackwardTwice_AddsTheSameGradientAgain()
    {
        using var scope = NewDisposeScope();
        using var golden = LossFixture.Open(File, "plain");
        var (hidden, head) = (golden.Leaf("hidden"), golden["head"]);
        var loss = TokenLogProbabilities.FromHiddenWhere(hidden, head, golden["targets"], golden["mask"]).LogProbabilities.mul(golden["upstream"]).sum();

        loss.backward(retain_graph: true);
        loss.backward();

        Assert.True(hidden.grad!.allclose(golden["grad.hidden"] * 2, 1e-9, 1e-9));
    }

    [Fact]
    public void FromHidden_ManySteps_LeavesNoTensorBehind()
    {
        using var outer = NewDisposeScope();
        var (hidden, head, targets) = (randn(30, 8, requires_grad: true), randn(20, 8, requires_grad: true), randint(20, [30], dtype: ScalarType.Int64));
        Step();
        var before = Tensor.TotalCount;

        for (var i = 0; i < 20; i++) Step();

        Assert.Equal(before, Tensor.TotalCount);

        void Step()
        {
            using var scope = NewDisposeScope();
            foreach (var maxLogits in new long[] { 100, 1 << 20 })
                TokenLogProbabilities.FromHidden(hidden, head, targets, maxLogits: maxLogits).LogProbabilities.sum().backward();
        }
    }

    [Fact]
    public void FromHidden_InInferenceMode_Works()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();

        var result = TokenLogProbabilities.FromHidden(randn(5, 4), randn(9, 4), zeros(5, dtype: ScalarType.Int64), maxLogits: 18);

        Assert.False(result.LogProbabilities.requires_grad);
        Assert.Equal(5, result.LogProbabilities.size(0));
    }
}
