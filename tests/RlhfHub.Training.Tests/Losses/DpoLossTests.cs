using RlhfHub.Training.Losses;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Losses;

public sealed class DpoLossTests
{
    private const string File = "dpo";

    public static TheoryData<string> Cases => LossFixture.Cases(File);

    [Theory]
    [MemberData(nameof(Cases))]
    public void PerPair_AgreesWithTheReference(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = LossFixture.Open(File, name);
        var (chosen, rejected) = (golden.Leaf("chosen"), golden.Leaf("rejected"));
        var (chosenMask, rejectedMask) = (golden["chosen_mask"], golden["rejected_mask"]);
        var pairs = new PairLogProbabilities
        {
            Chosen = SequenceLogProbabilities.Sum(chosen, chosenMask),
            Rejected = SequenceLogProbabilities.Sum(rejected, rejectedMask),
            ReferenceChosen = SequenceLogProbabilities.Sum(golden["reference_chosen"], chosenMask),
            ReferenceRejected = SequenceLogProbabilities.Sum(golden["reference_rejected"], rejectedMask),
            ChosenLengths = SequenceLogProbabilities.Lengths(chosenMask),
            RejectedLengths = SequenceLogProbabilities.Lengths(rejectedMask),
        };
        var kind = Enum.Parse<DpoLossKind>(name.Split('-')[0], ignoreCase: true);

        var losses = DpoLoss.PerPair(kind, pairs, golden.Number("beta"), golden.Number("smoothing"));
        losses.mean().backward();

        golden.AssertValue("losses", losses);
        golden.AssertGradient("chosen", chosen);
        golden.AssertGradient("rejected", rejected);
        var metrics = DpoLoss.Metrics(pairs, golden.Number("beta"));
        Assert.Equal(6, metrics.Count);
        golden.AssertMetrics(metrics);
    }

    [Fact]
    public void PerPair_ByHand()
    {
        using var scope = NewDisposeScope();
        // Log-ratios 3 and −1: Δ = 4; with β = 0.25, h = 1.
        var pairs = new PairLogProbabilities
        {
            Chosen = tensor(new[] { -5.0 }),
            Rejected = tensor(new[] { -7.0 }),
            ReferenceChosen = tensor(new[] { -8.0 }),
            ReferenceRejected = tensor(new[] { -6.0 }),
            ChosenLengths = tensor(new[] { 3L }),
            RejectedLengths = tensor(new[] { 2L }),
        };

        Assert.Equal(0.313262, Loss(DpoLossKind.Sigmoid), 1e-6);
        Assert.Equal(0.413262, Loss(DpoLossKind.Sigmoid, 0.1), 1e-6);             // 0.9 · 0.313262 + 0.1 · 1.313262
        Assert.Equal(0.188262, Loss(DpoLossKind.Robust, 0.1), 1e-6);              // (0.9 · 0.313262 − 0.1 · 1.313262) / 0.8
        Assert.Equal(0, Loss(DpoLossKind.Hinge), 1e-12);
        Assert.Equal(0.25, Loss(DpoLossKind.Ipo), 1e-12);                         // (3/3 + 1/2 − 1/(2 · 0.25))²

        double Loss(DpoLossKind kind, double smoothing = 0) => DpoLoss.PerPair(kind, pairs, 0.25, smoothing).item<double>();
    }

    [Fact]
    public void PerPair_IpoWithoutLengths_IsRefused()
    {
        using var scope = NewDisposeScope();
        var one = zeros(1);
        var pairs = new PairLogProbabilities { Chosen = one, Rejected = one, ReferenceChosen = one, ReferenceRejected = one };

        Assert.Throws<ArgumentException>(() => DpoLoss.PerPair(DpoLossKind.Ipo, pairs));
        Assert.Throws<ArgumentOutOfRangeException>(() => DpoLoss.PerPair(DpoLossKind.Robust, pairs, labelSmoothing: 0.5));
    }
}
