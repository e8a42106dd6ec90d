using RlhfHub.Training.Losses;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Losses;

public sealed class RewardLossTests
{
    private const string File = "pairs";

    public static TheoryData<string> Cases => LossFixture.Cases(File);

    public static TheoryData<string> CalibrationCases => LossFixture.Cases("calibration");

    [Theory]
    [MemberData(nameof(Cases))]
    public void BradleyTerry_AgreesWithTheReference(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = LossFixture.Open(File, name);
        var (chosen, rejected) = (golden.Leaf("chosen"), golden.Leaf("rejected"));

        var loss = RewardLoss.BradleyTerry(
            chosen, rejected, golden.Has("margins") ? golden["margins"] : null, golden.Has("preferences") ? golden["preferences"] : null,
            golden.Has("centering") ? golden.Number("centering") : 0);
        loss.backward();

        golden.AssertValue("loss", loss);
        golden.AssertGradient("chosen", chosen);
        golden.AssertGradient("rejected", rejected);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Metrics_AgreeWithTheReference(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = LossFixture.Open(File, name);

        var metrics = RewardMetrics.Of(golden["chosen"], golden["rejected"]);

        foreach (var key in new[] { "min_reward", "mean_reward", "max_reward", "accuracy" }) golden.AssertValue(key, metrics[key]);
        golden.AssertValue("lead", metrics["margin"]);
        golden.AssertValue("calibration", RewardMetrics.CalibrationError(golden["chosen"], golden["rejected"], 5));
    }

    [Theory]
    [MemberData(nameof(CalibrationCases))]
    public void CalibrationError_AgreesWithTheReference(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = LossFixture.Open("calibration", name);

        golden.AssertValue("error", RewardMetrics.CalibrationError(golden["chosen"], golden["rejected"], (int)golden.Count("bins")));
    }

    [Fact]
    public void BradleyTerry_ByHand()
    {
        using var scope = NewDisposeScope();
        var (chosen, rejected) = (tensor(new[] { 1.0 }), tensor(new[] { 0.0 }));

        // −log σ(1) = log(1 + e⁻¹) = 0.313262; with a margin of 1 the lead is 0: log 2; a tie of leads 1 and −1: (0.313262 + 1.313262) / 2.
        Assert.Equal(0.313262, RewardLoss.BradleyTerry(chosen, rejected).item<double>(), 1e-6);
        Assert.Equal(0.693147, RewardLoss.BradleyTerry(chosen, rejected, margins: tensor(new[] { 1.0 })).item<double>(), 1e-6);
        Assert.Equal(0.813262, RewardLoss.BradleyTerry(chosen, rejected, preferences: tensor(new[] { 0.5 })).item<double>(), 1e-6);
        Assert.Equal(0.323262, RewardLoss.BradleyTerry(chosen, rejected, centering: 0.01).item<double>(), 1e-6);
    }

    [Fact]
    public void BradleyTerry_HugeLeads_StaysFinite()
    {
        using var scope = NewDisposeScope();
        var loss = RewardLoss.BradleyTerry(tensor(new[] { 1000f, -1000f }), tensor(new[] { -1000f, 1000f }));

        Assert.Equal(1000, loss.item<float>(), 1e-3);   // 0 and 2000
    }

    [Fact]
    public void CalibrationError_ByHand()
    {
        using var scope = NewDisposeScope();
        var lead = Math.Log(4);   // σ = 0.8

        Assert.Equal(0.0, RewardMetrics.CalibrationError(tensor(new[] { lead, lead, lead, lead, -lead }), zeros(5, ScalarType.Float64)), 1e-9);
        Assert.Equal(0.8, RewardMetrics.CalibrationError(tensor(new[] { -lead }), zeros(1, ScalarType.Float64)), 1e-9);
    }
}
