using RlhfHub.Training.Losses;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Losses;

public sealed class ClassificationTests
{
    private const string File = "classification";

    public static TheoryData<string> Cases => LossFixture.Cases(File);

    [Theory]
    [MemberData(nameof(Cases))]
    public void LossAndMetrics_AgreeWithTheReference(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = LossFixture.Open(File, name);
        var logits = golden.Leaf("logits");

        var loss = ClassificationLoss.CrossEntropy(logits, golden["labels"]);
        loss.backward();
        var metrics = ClassificationMetrics.Of(golden["labels"].data<long>().ToArray(), logits.argmax(-1).data<long>().ToArray(), (int)logits.size(1));

        golden.AssertValue("loss", loss);
        golden.AssertGradient("logits", logits);
        golden.AssertValue("confusion", tensor(metrics.Confusion));
        golden.AssertValue("accuracy", metrics.Accuracy);
        golden.AssertValue("macro", tensor(new[] { metrics.MacroPrecision, metrics.MacroRecall, metrics.MacroF1 }));
        var scores = metrics.Classes.SelectMany(c => new[] { c.Precision, c.Recall, c.F1 }).ToArray();
        golden.AssertValue("scores", tensor(scores).view(-1, 3));
    }

    [Fact]
    public void Metrics_ByHand()
    {
        // Class 0: found 1 of 2, right 1 of 1. Class 1: found 2 of 2, right 2 of 3.
        var metrics = ClassificationMetrics.Of([0, 0, 1, 1], [0, 1, 1, 1], 2);

        Assert.Equal(0.75, metrics.Accuracy);
        Assert.Equal((1.0, 0.5), (metrics.Classes[0].Precision, metrics.Classes[0].Recall));
        Assert.Equal(2.0 / 3, metrics.Classes[0].F1, 1e-12);
        Assert.Equal(0.8, metrics.Classes[1].F1, 1e-12);
        Assert.Equal(1, metrics.Confusion[0, 1]);
        Assert.Equal(0, metrics.Confusion[1, 0]);
    }

    [Fact]
    public void Metrics_OfUnknownClasses_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => ClassificationMetrics.Of([2], [0], 2));
        Assert.Throws<ArgumentException>(() => ClassificationMetrics.Of([0], [-1], 2));
        Assert.Throws<ArgumentException>(() => ClassificationMetrics.Of([0, 1], [0], 2));
    }
}
