using RlhfHub.Training.Tokenization;

namespace RlhfHub.Training.Data.Batches;

/// <summary>What fills up the rows of a batch.</summary>
public static class Padding
{
    /// <summary>The tokenizer's padding token, else its end-of-text token, else 0. Nothing is ever masked because of this id.</summary>
    public static int IdOf(Tokenizer tokenizer) => tokenizer.PadId ?? tokenizer.EosId ?? 0;

    internal static int Width(IEnumerable<int> lengths, int multipleOf)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(multipleOf, 1);
        return (lengths.Max() + multipleOf - 1) / multipleOf * multipleOf;
    }

    internal static long[,] Filled(int rows, int columns, long value)
    {
        var filled = new long[rows, columns];
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++) filled[row, column] = value;
        return filled;
    }
}
