using RlhfHub.Training.Data;
using RlhfHub.Training.Data.Batches;
using RlhfHub.Training.Data.Tokens;
using static TorchSharp.torch;

namespace RlhfHub.Training.Tests.Data.Batches;

public sealed class TokenBatchTests
{
    private const long No = TokenBatch.Ignored;

    [Fact]
    public void Of_RowsOfDifferentLength_PadsOnTheRight()
    {
        var batch = TokenBatch.Of([Sequence([5, 6, 7], 1), Sequence([8], 0)], padId: 9);

        Assert.Equal(new long[,] { { 5, 6, 7 }, { 8, 9, 9 } }, batch.Ids);
        Assert.Equal(new long[,] { { No, 6, 7 }, { 8, No, No } }, batch.Labels);
        Assert.Equal([3L, 1L], batch.Lengths);
        Assert.Equal((4L, 3, 2), (batch.TokenCount, batch.LabelCount, batch.TargetCount));
        Assert.Null(batch.Segments);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 3)]
    [InlineData(4, 4)]
    [InlineData(8, 8)]
    public void Of_Multiple_WidensTheRows(int multipleOf, int width) => Assert.Equal(width, TokenBatch.Of([Sequence([5, 6, 7], 0)], 0, multipleOf).Ids.GetLength(1));

    [Fact]
    public void Packed_Rows_RestartSegmentsAndPositionsAndSkipEachFirstLabel()
    {
        var batch = TokenBatch.Packed([new([Sequence([1, 2, 3], 0), Sequence([4, 5], 1)]), new([Sequence([6, 7], 0)])], padId: 0);

        Assert.Equal(new long[,] { { 1, 2, 3, 4, 5 }, { 6, 7, 0, 0, 0 } }, batch.Ids);
        Assert.Equal(new long[,] { { No, 2, 3, No, 5 }, { No, 7, No, No, No } }, batch.Labels);
        Assert.Equal(new long[,] { { 1, 1, 1, 2, 2 }, { 1, 1, 0, 0, 0 } }, batch.Segments);
        Assert.Equal(new long[,] { { 0, 1, 2, 0, 1 }, { 0, 1, 0, 0, 0 } }, batch.Positions);
        Assert.Equal(batch.LabelCount, batch.TargetCount);
    }

    [Fact]
    public void ToTensors_AllFields_AreInt64OfTheirShape()
    {
        using var scope = NewDisposeScope();

        var plain = TokenBatch.Of([Sequence([5, 6, 7], 1)], 0).ToTensors();
        var packed = TokenBatch.Packed([new([Sequence([5, 6, 7], 1)])], 0).ToTensors();

        Assert.Equal(new long[] { 1, 3 }, plain.Ids.shape);
        Assert.Equal(ScalarType.Int64, plain.Labels.dtype);
        Assert.Equal(new[] { No, 6, 7 }, plain.Labels.data<long>().ToArray());
        Assert.Equal(3, plain.Lengths.item<long>());
        Assert.Null(plain.Segments);
        Assert.Equal(new long[] { 1, 3 }, packed.Positions!.shape);
    }

    [Fact]
    public void PromptBatch_Of_PadsOnTheLeft()
    {
        using var scope = NewDisposeScope();
        var batch = PromptBatch.Of([new([1, 2, 3], null, default), new([4], null, default)], padId: 9, multipleOf: 4);

        Assert.Equal(new long[,] { { 9, 1, 2, 3 }, { 9, 9, 9, 4 } }, batch.Ids);
        Assert.Equal(new long[,] { { 0, 1, 1, 1 }, { 0, 0, 0, 1 } }, batch.Mask);
        Assert.Equal(new long[] { 2, 4 }, batch.ToTensors().Mask.shape);
    }

    [Fact]
    public void PairBatch_Of_PutsAllChosenFirst()
    {
        using var scope = NewDisposeScope();
        var batch = PairBatch.Of([new(Sequence([1, 2], 1), Sequence([1, 3], 1), null, null), new(Sequence([4, 5], 1), Sequence([4, 6], 1), 1.5, 0.5)], padId: 0);

        Assert.Equal(new long[,] { { 1, 2 }, { 4, 5 }, { 1, 3 }, { 4, 6 } }, batch.Sequences.Ids);
        Assert.Equal([0f, 1.5f], batch.Margins);
        Assert.Equal([1f, 0.5f], batch.ToTensors().SoftLabels.data<float>().ToArray());
    }

    [Fact]
    public void VerdictBatch_Of_ShiftsTheRepliesByOne()
    {
        var batch = VerdictBatch.Of([new(Sequence([1, 2], 1), true), new(Sequence([3, 4, 5], 1), false), new(Sequence([6, 7, 8], 2), true)], padId: 0, maxLength: 3);

        Assert.Equal(new long[,] { { 1, 8, 0 }, { 3, 2, 0 }, { 6, 7, 4 } }, batch.Mismatched!.Ids);
        Assert.Equal(new long[,] { { No, 8, No }, { No, 2, No }, { No, No, 4 } }, batch.Mismatched.Labels);
        Assert.Equal([true, false, true], batch.IsGood);
        Assert.Null(VerdictBatch.Of([new(Sequence([1, 2], 1), true)], 0, null).Mismatched);
    }

    [Fact]
    public void RankingBatchAndClassBatch_Of_KeepTheOrder()
    {
        var rankings = RankingBatch.Of([new([Sequence([1, 2], 1), Sequence([1, 3], 1), Sequence([1, 4], 1)], [2, 1, 2]), new([Sequence([5, 6], 1), Sequence([5, 7], 1)], [1, 2])], 0);
        var classes = ClassBatch.Of([new(Sequence([1], 0), 2), new(Sequence([2], 0), 0)], 0);

        Assert.Equal(new long[,] { { 1, 2 }, { 1, 3 }, { 1, 4 }, { 5, 6 }, { 5, 7 } }, rankings.Sequences.Ids);
        Assert.Equal([[2, 1, 2], [1, 2]], rankings.Ranks);
        Assert.Equal([2L, 0L], classes.Classes);
    }

    private static TokenSequence Sequence(int[] ids, int promptLength) => new(ids, [.. ids.Select((_, i) => i >= promptLength)], new LinePlace("test", 1));
}
