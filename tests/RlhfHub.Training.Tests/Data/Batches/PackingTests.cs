using System.Security.Cryptography;
using System.Text;
using RlhfHub.Training.Data;
using RlhfHub.Training.Data.Batches;
using RlhfHub.Training.Data.Tokens;

namespace RlhfHub.Training.Tests.Data.Batches;

public sealed class PackingTests
{
    [Fact]
    public void BestFitDecreasing_WorkedExample_TakesTheTightestRow()
    {
        // 7 and 6 open rows with 3 and 4 left; 4 fits the second exactly, 3 the first; 2 opens a third.
        var rows = Packing.BestFitDecreasing(Examples(2, 3, 7, 4, 6), 10);

        Assert.Equal([[7, 3], [6, 4], [2]], rows.Select(row => row.Parts.Select(part => part.Ids.Length).ToArray()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void BestFitDecreasing_RandomLengths_KeepsEveryExampleOnceWithinTheRow(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 30; round++)
        {
            var limit = random.Next(1, 200);
            var examples = Examples([.. Enumerable.Range(0, random.Next(1, 300)).Select(_ => random.Next(1, limit + 1))]);

            var rows = Packing.BestFitDecreasing(examples, limit);

            Assert.All(rows, row => Assert.InRange(row.Length, 1, limit));
            Assert.Equal(examples.Select(example => example.Place.Line), rows.SelectMany(row => row.Parts).Select(part => part.Place.Line).Order());
            // No two rows could be one: any two are together longer than a row, or the first examples of the later one would have gone into the earlier.
            Assert.True(rows.Count(row => row.Length * 2 <= limit) <= 1);
            var again = Packing.BestFitDecreasing(examples, limit);
            Assert.Equal(rows.Select(row => string.Join(' ', row.Parts.Select(part => part.Place.Line))), again.Select(row => string.Join(' ', row.Parts.Select(part => part.Place.Line))));
            PositionsRestart(TokenBatch.Packed(rows, padId: 0), rows);
        }
    }

    // The digest is that of the rows which TRL's own segment tree gives for these lengths, equal ones in their order.
    [Fact]
    public void BestFitDecreasing_TwoThousandExamples_GivesTrlsRows()
    {
        var rows = Packing.BestFitDecreasing(Examples([.. Enumerable.Range(0, 2000).Select(i => (i * 7919 + 13) % 500 + 1)]), 512);

        var text = string.Join(';', rows.Select(row => string.Join(',', row.Parts.Select(part => part.Place.Line - 1))));
        Assert.Equal(979, rows.Count);
        Assert.Equal("0013e7329598e84509beb1a6da69e721911d59d003bdd6c3ccdffbf003824981", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }

    [Fact]
    public void BestFitDecreasing_ManyExamples_WastesLittle()
    {
        var random = new Random(4);
        var examples = Examples([.. Enumerable.Range(0, 50_000).Select(_ => random.Next(5, 400))]);

        var rows = Packing.BestFitDecreasing(examples, 1024);

        Assert.InRange(examples.Sum(example => example.Ids.Length) / (1024.0 * rows.Count), 0.99, 1);
    }

    [Fact]
    public void BestFitDecreasing_TooLongAnExample_Throws() =>
        Assert.StartsWith("test line 1: the example has 5 tokens; expected 1 to 4.", Assert.Throws<ArgumentException>(() => Packing.BestFitDecreasing(Examples(5), 4)).Message);

    private static void PositionsRestart(TokenBatch batch, IReadOnlyList<PackedRow> rows)
    {
        for (var row = 0; row < rows.Count; row++)
        {
            var at = 0;
            for (var part = 0; part < rows[row].Parts.Count; part++)
                for (var i = 0; i < rows[row].Parts[part].Ids.Length; i++, at++)
                {
                    if ((batch.Segments![row, at], batch.Positions![row, at], batch.Ids[row, at]) == (part + 1, i, rows[row].Parts[part].Ids[i])) continue;
                    Assert.Fail($"Row {row}, column {at} is not token {i} of example {part}.");
                }
            for (; at < batch.Ids.GetLength(1); at++) Assert.Equal((0, TokenBatch.Ignored), (batch.Segments![row, at], batch.Labels[row, at]));
        }
    }

    private static TokenSequence[] Examples(params int[] lengths) =>
        [.. lengths.Select((length, i) => new TokenSequence([.. Enumerable.Range(1, length)], [.. Enumerable.Repeat(true, length)], new LinePlace("test", i + 1)))];
}
