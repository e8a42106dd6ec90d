using RlhfHub.Training.Losses;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Losses;

public sealed class CrossEntropyLossTests
{
    private const string File = "cross-entropy";

    public static TheoryData<string> Cases => LossFixture.Cases(File);

    public static TheoryData<string, long> ChunkedCases
    {
        get
        {
            var all = new TheoryData<string, long>();
            foreach (var name in LossFixture.CaseNames(File))
                foreach (var maxLogits in new long[] { 1, 11, 25, 1 << 20 }) all.Add(name, maxLogits);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void FromLogits_AgreesWithTheReference(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = LossFixture.Open(File, name);
        var (hidden, head) = (golden.Leaf("hidden"), golden.Leaf("head"));

        var result = CrossEntropyLoss.FromLogits(nn.functional.linear(hidden, head), golden["labels"], golden.Count("step_count"));
        result.Loss.backward();

        AssertAgrees(golden, result, hidden, head);
    }

    [Theory]
    [MemberData(nameof(ChunkedCases))]
    public void FromHidden_InChunks_AgreesWithTheReference(string name, long maxLogits)
    {
        using var scope = NewDisposeScope();
        using var golden = LossFixture.Open(File, name);
        var (hidden, head) = (golden.Leaf("hidden"), golden.Leaf("head"));

        var result = CrossEntropyLoss.FromHidden(hidden, head, golden["labels"], golden.Count("step_count"), maxLogits);
        result.Loss.backward();

        AssertAgrees(golden, result, hidden, head);
    }

    [Fact]
    public void FromHidden_SplitIntoMicroBatches_AddsUpToTheWholeStep()
    {
        using var scope = NewDisposeScope();
        using var golden = LossFixture.Open(File, "mixed");
        var (hidden, head, labels) = (golden.Leaf("hidden"), golden.Leaf("head"), golden["labels"]);

        var count = CrossEntropyLoss.CountTokens(labels);
        var whole = CrossEntropyLoss.FromHidden(hidden, head, labels, count).Loss.item<double>();
        var parts = Enumerable.Range(0, 3).Sum(row =>
            CrossEntropyLoss.FromHidden(hidden.narrow(0, row, 1), head, labels.narrow(0, row, 1), count).Loss.item<double>());

        Assert.Equal(golden.Count("count"), count);
        Assert.Equal(whole, parts, 1e-12);
    }

    [Fact]
    public void FromLogits_TwoEquallyLikelyTokens_CostsLogTwo()
    {
        using var scope = NewDisposeScope();
        var logits = zeros(1, 2, 2);
        var labels = tensor(new long[,] { { 0, 1 } });

        var result = CrossEntropyLoss.FromLogits(logits, labels, tokenCount: 4);

        Assert.Equal(Math.Log(2) / 4, result.Loss.item<float>(), 1e-6);
        Assert.Equal(Math.Log(2), result.Entropy.item<float>(), 1e-6);
    }

    private static void AssertAgrees(LossFixture golden, CrossEntropyResult result, Tensor hidden, Tensor head)
    {
        golden.AssertValue("loss", result.Loss);
        golden.AssertValue("entropy", result.Entropy);
        golden.AssertValue("accuracy", result.Accuracy);
        Assert.Equal(golden.Count("count"), result.TokenCount);
        golden.AssertGradient("hidden", hidden);
        golden.AssertGradient("head", head);
    }
}
