using RlhfHub.Training.Losses;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Losses;

public sealed class RankingLossTests
{
    private const string File = "rankings";

    [Theory]
    [InlineData("strict")]
    [InlineData("ties")]
    [InlineData("two")]
    [InlineData("ragged")]
    public void Rankings_AgreeWithTheReference(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = LossFixture.Open(File, name);
        var ranks = Ranks(golden["ranks"]);

        foreach (var (field, loss) in new (string, Func<Tensor, IReadOnlyList<IReadOnlyList<int>>, Tensor>)[]
            { ("plackett_luce", RankingLoss.PlackettLuce), ("all_pairs", RankingLoss.AllPairs) })
        {
            var scores = golden.Leaf("scores");
            var value = loss(scores, ranks);
            value.backward();

            golden.AssertValue(field, value);
            golden.AssertGradient(field, scores);
        }
    }

    [Fact]
    public void BestOf_AgreesWithTheReference()
    {
        using var scope = NewDisposeScope();
        using var golden = LossFixture.Open(File, "best");
        var scores = golden.Leaf("scores");

        var loss = RankingLoss.BestOf(scores, golden["best"]);
        loss.backward();

        golden.AssertValue("loss", loss);
        golden.AssertGradient("scores", scores);
    }

    [Theory]
    [InlineData(1, 2, 1.0)]
    [InlineData(2, 1, 0.0)]
    [InlineData(1, 1, 0.5)]
    public void TwoReplies_EveryLossIsBradleyTerry(int first, int second, double preference)
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[,] { { 1.7, -0.4 } });

        var expected = RewardLoss.BradleyTerry(scores.select(1, 0), scores.select(1, 1), preferences: tensor(new[] { preference })).item<double>();

        Assert.Equal(expected, RankingLoss.PlackettLuce(scores, [[first, second]]).item<double>(), 1e-14);
        Assert.Equal(expected, RankingLoss.AllPairs(scores, [[first, second]]).item<double>(), 1e-14);
    }

    [Fact]
    public void PlackettLuce_EqualScores_CostsTheLogOfAllOrders()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(Math.Log(24), RankingLoss.PlackettLuce(zeros(1, 4, ScalarType.Float64), [[3, 1, 4, 2]]).item<double>(), 1e-12);
        Assert.Equal(Math.Log(479001600), RankingLoss.PlackettLuce(zeros(1, 12, ScalarType.Float64), [Enumerable.Repeat(1, 12).ToArray()]).item<double>(), 1e-9);
    }

    [Fact]
    public void Rankings_OfTheWrongShape_AreRefused()
    {
        using var scope = NewDisposeScope();
        var scores = zeros(1, 14);

        Assert.Throws<ArgumentException>(() => RankingLoss.PlackettLuce(scores, [Enumerable.Repeat(1, 13).ToArray()]));
        Assert.Throws<ArgumentException>(() => RankingLoss.AllPairs(scores, [[1]]));
        Assert.Throws<ArgumentException>(() => RankingLoss.AllPairs(scores, [[1, 2], [1, 2]]));
        Assert.Throws<ArgumentException>(() => RankingLoss.PlackettLuce(scores, [Enumerable.Range(1, 15).ToArray()]));
    }

    private static IReadOnlyList<IReadOnlyList<int>> Ranks(Tensor padded) =>
        [.. Enumerable.Range(0, (int)padded.size(0)).Select(row => padded[row].data<long>().ToArray().Where(rank => rank > 0).Select(rank => (int)rank).ToArray())];
}
