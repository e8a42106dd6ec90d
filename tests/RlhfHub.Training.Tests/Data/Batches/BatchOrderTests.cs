using RlhfHub.Training.Data.Batches;

namespace RlhfHub.Training.Tests.Data.Batches;

public sealed class BatchOrderTests
{
    [Theory]
    [InlineData(1, 4, false)]
    [InlineData(7, 3, false)]
    [InlineData(64, 8, false)]
    [InlineData(1000, 7, false)]
    [InlineData(1, 4, true)]
    [InlineData(7, 3, true)]
    [InlineData(1000, 7, true)]
    public void Batch_EveryEpoch_HasEveryExampleOnce(int count, int batchSize, bool groupByLength)
    {
        var order = Order(count, new() { BatchSize = batchSize, GroupByLength = groupByLength });

        for (var epoch = 0; epoch < 4; epoch++)
        {
            var batches = Enumerable.Range(0, order.BatchesPerEpoch).Select(i => order.Batch((long)epoch * order.BatchesPerEpoch + i)).ToArray();
            Assert.Equal(Enumerable.Range(0, count), batches.SelectMany(batch => batch).Order());
            Assert.All(batches[..^1], batch => Assert.Equal(batchSize, batch.Count));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Batch_AfterAResume_IsTheSameWithoutReplay(bool groupByLength)
    {
        var options = new BatchOrderOptions { BatchSize = 5, Seed = 11, GroupByLength = groupByLength };
        var run = Order(123, options);
        var all = Enumerable.Range(0, run.BatchesPerEpoch * 3).Select(i => run.Batch(i)).ToArray();

        foreach (var at in new[] { all.Length - 1, 0, run.BatchesPerEpoch, 7, 2 * run.BatchesPerEpoch - 1 })
            Assert.Equal(all[at], Order(123, options).Batch(at));
    }

    [Fact]
    public void Batch_OtherEpochOrSeed_IsAnotherOrder()
    {
        int[][] orders = [.. new[] { (1L, 0L), (1, 1), (2, 0), (2, 1), (-1, 0), (0, 1) }.Select(pair => BatchOrder.Permutation(200, pair.Item1, pair.Item2))];

        Assert.Equal(orders.Length, orders.Select(order => string.Join(' ', order)).Distinct().Count());
    }

    [Fact]
    public void Permutation_SmallSets_AreUniform()
    {
        const int Draws = 24_000;
        var counts = new Dictionary<string, int>();
        for (var epoch = 0; epoch < Draws; epoch++)
        {
            var key = string.Concat(BatchOrder.Permutation(4, seed: 5, epoch));
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        // Chi squared with 23 degrees of freedom: above 49.7 once in a thousand.
        var expected = Draws / 24.0;
        Assert.Equal(24, counts.Count);
        Assert.InRange(counts.Values.Sum(count => (count - expected) * (count - expected) / expected), 5, 49.7);
    }

    // Computed by an independent program: an order that changes would make old runs impossible to resume.
    [Fact]
    public void Permutation_FixedSeed_NeverChanges() => Assert.Equal([1, 4, 3, 6, 0, 5, 7, 2], BatchOrder.Permutation(8, seed: 42, epoch: 0));

    [Fact]
    public void Batch_NotShuffled_IsTheOrderOfTheData()
    {
        var order = Order(5, new() { BatchSize = 2, IsShuffled = false });

        Assert.Equal([[0, 1], [2, 3], [4]], Enumerable.Range(3, 3).Select(i => order.Batch(i)));
    }

    [Fact]
    public void Batch_DropLast_LeavesTheSmallBatchOut()
    {
        Assert.Equal(2, Order(5, new() { BatchSize = 2, DropLast = true }).BatchesPerEpoch);
        Assert.Equal(1, Order(1, new() { BatchSize = 2, DropLast = true }).BatchesPerEpoch);
        Assert.Single(Order(1, new() { BatchSize = 2, DropLast = true }).Batch(0));
    }

    [Fact]
    public void Batch_DropLastAndGroupedByLength_LeavesShortAndLongOutAlike()
    {
        var lengths = Lengths(1999);
        var order = Order(1999, new() { BatchSize = 100, DropLast = true, GroupByLength = true });
        var left = Enumerable.Range(0, 40).SelectMany(epoch => Enumerable.Range(0, 1999).Except(Enumerable.Range(0, order.BatchesPerEpoch).SelectMany(i => order.Batch(epoch * order.BatchesPerEpoch + i))));

        Assert.InRange(left.Average(i => lengths[i]), 230, 270);
    }

    [Fact]
    public void Batch_GroupedByLength_PadsLessAndBeginsWithTheLongest()
    {
        var lengths = Lengths(2000);
        var (plain, grouped) = (Order(2000, new() { BatchSize = 8 }), Order(2000, new() { BatchSize = 8, GroupByLength = true }));

        Assert.Equal(lengths.Max(), grouped.Batch(0).Max(i => lengths[i]));
        Assert.True(Padding(grouped) * 10 < Padding(plain), $"{Padding(grouped)} against {Padding(plain)}");

        int Padding(BatchOrder order) => Enumerable.Range(0, order.BatchesPerEpoch).Select(i => order.Batch(i)).Sum(batch => batch.Sum(i => batch.Max(j => lengths[j]) - lengths[i]));
    }

    private static int[] Lengths(int count) => [.. Enumerable.Range(0, count).Select(i => (i * 7919 + 13) % 500 + 1)];

    private static BatchOrder Order(int count, BatchOrderOptions options) => new(count, options, Lengths(count));
}
