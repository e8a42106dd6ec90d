using RlhfHub.Web.Features.Labeling;

namespace RlhfHub.Web.Tests.Features.Labeling;

public sealed class RankingOrderTests
{
    [Fact]
    public void Ranks_Untouched_IsTheOrderShown()
    {
        var order = new RankingOrder(3);

        Assert.True(order.IsUntouched);
        Assert.Equal([1, 2, 3], order.Ranks());
    }

    [Fact]
    public void Put_FirstReply_BeginsAnew()
    {
        var order = new RankingOrder(3);

        order.Put(2);

        Assert.False(order.IsUntouched);
        Assert.Equal([2], order.Placed);
        Assert.False(order.IsComplete);
    }

    [Theory]
    [InlineData(2, 0, "3 > 1 = 2 > 4")]     // above all
    [InlineData(0, 3, "2 > 3 > 4 > 1")]     // the first of two level ones leaves the other behind
    [InlineData(3, 1, "1 = 4 = 2 > 3")]     // between two level ones
    [InlineData(1, 9, "1 > 3 > 4 > 2")]     // beyond the end
    public void Move_CardToALine_KeepsTheOthersAsTheyWere(int reply, int line, string expected)
    {
        var order = RankingOrder.Of([1, 1, 2, 3]);

        order.Move(reply, line);

        Assert.Equal(expected, order.ToString());
    }

    [Fact]
    public void ToggleLevel_SecondReply_SharesThePlaceAboveAndGivesItBack()
    {
        var order = new RankingOrder(3);

        order.ToggleLevel(1);
        Assert.Equal([1, 1, 2], order.Ranks());
        order.ToggleLevel(1);

        Assert.Equal([1, 2, 3], order.Ranks());
        order.ToggleLevel(0);
        Assert.Equal([1, 2, 3], order.Ranks());
    }
}
