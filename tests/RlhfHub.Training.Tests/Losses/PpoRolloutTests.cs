using RlhfHub.Training.Losses;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Losses;

/// <summary>From sampled responses to advantages.</summary>
public sealed class PpoRolloutTests
{
    private const string File = "ppo-rollouts";
    private const long PadId = 0;
    private const long EndId = 1;

    public static TheoryData<string> Cases => LossFixture.Cases(File);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rollout_StepByStep_AgreesWithTheReference(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = LossFixture.Open(File, name);
        var responses = golden["responses"];
        var lengths = ResponseMasks.LengthsBefore(responses, PadId);
        var masks = ResponseMasks.Of(lengths, responses.size(1));
        var price = golden.Number("kl_coef");

        var scores = PpoRewards.PenalizeMissingEnd(golden["scores"], responses.eq(EndId).any(1), golden.Number("penalty"));
        var kl = KlEstimator.PerToken((KlEstimatorKind)(golden.Count("kl_kind") - 1), golden["logs"], golden["references"], masks.IsToken);
        var rewards = PpoRewards.PerToken(kl, scores, masks, price);
        var final = golden.Count("whitens") == 1 ? PpoRewards.Whiten(rewards, masks) : rewards;
        var (advantages, returns) = GeneralizedAdvantage.Estimate(final, golden["values"], golden.Number("gamma"), golden.Number("lambda"));

        golden.AssertValue("lengths", lengths);
        golden.AssertValue("paid", scores);
        golden.AssertValue("kl", kl);
        golden.AssertValue("rewards", rewards);
        golden.AssertValue("final_rewards", final);
        golden.AssertValue("advantages", advantages);
        golden.AssertValue("returns", returns);
        golden.AssertValue("whitened", GeneralizedAdvantage.Whiten(advantages, masks));
        golden.AssertMetrics(PpoMetrics.Objective(golden["logs"], kl, scores, masks.IsToken, price));
    }

    [Fact]
    public void ResponseMasks_ByHand()
    {
        using var scope = NewDisposeScope();
        var masks = ResponseMasks.Of(tensor(new long[] { 0, 1, 2, 3 }), 3);

        Assert.Equal([0, 1, 2, 2], masks.ScoreIndices.data<long>().ToArray());   // behind the last token, where there is room
        Assert.Equal([false, false, false, true, false, false, true, true, false, true, true, true], masks.IsToken.data<bool>().ToArray());
        Assert.Equal([true, false, false, true, true, false, true, true, true, true, true, true], masks.IsValued.data<bool>().ToArray());
    }

    [Fact]
    public void TruncateAfter_KeepsTheFirstStop()
    {
        using var scope = NewDisposeScope();
        var responses = tensor(new long[,] { { 5, 9, 6, 9 }, { 5, 6, 7, 8 }, { 9, 9, 9, 9 }, { 5, 6, 7, 9 } });

        var (truncated, lengths) = ResponseMasks.TruncateAfter(responses, stopId: 9, padId: 9);

        // Where padding is the stop token itself, the length still counts the real one.
        Assert.Equal([2, 4, 1, 4], lengths.data<long>().ToArray());
        Assert.Equal([5, 9, 9, 9, 5, 6, 7, 8, 9, 9, 9, 9, 5, 6, 7, 9], truncated.data<long>().ToArray());
    }

    [Fact]
    public void Estimate_ByHand()
    {
        using var scope = NewDisposeScope();
        var rewards = tensor(new[,] { { 1.0, 0, 2 } });
        var values = tensor(new[,] { { 0.5, 1, 4 } });

        // γ = 0.5, λ = 0.5. δ: 1 + 0.5 − 0.5 = 1; 0 + 2 − 1 = 1; 2 + 0 − 4 = −2. A: −2; 1 − 0.5 = 0.5; 1 + 0.125 = 1.125.
        var (advantages, returns) = GeneralizedAdvantage.Estimate(rewards, values, gamma: 0.5, lambda: 0.5);

        Assert.Equal([1.125, 0.5, -2], advantages.data<double>().ToArray());
        Assert.Equal([1.625, 1.5, 2], returns.data<double>().ToArray());
    }

    [Fact]
    public void PenalizeAndReplace_TouchOnlyWhatNeverEnded()
    {
        using var scope = NewDisposeScope();
        var (scores, hasEnded) = (tensor(new[] { 3.0, 3.0 }), tensor(new[] { true, false }));

        Assert.Equal([3, 2], PpoRewards.PenalizeMissingEnd(scores, hasEnded, 1).data<double>().ToArray());
        Assert.Equal([3, -1], PpoRewards.ReplaceMissingEnd(scores, hasEnded).data<double>().ToArray());
    }

    [Fact]
    public void PerToken_OverflowAtAPad_IsNotSeen()
    {
        using var scope = NewDisposeScope();
        var (logs, isToken) = (tensor(new[,] { { -1.0, 0 } }), tensor(new[,] { { true, false } }));

        foreach (var kind in Enum.GetValues<KlEstimatorKind>())
            Assert.Equal([0, 0], KlEstimator.PerToken(kind, logs, tensor(new[,] { { -1.0, 1e6 } }), isToken).data<double>().ToArray());
    }
}
