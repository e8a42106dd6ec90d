namespace RlhfHub.Training.Data.Tokens;

/// <summary>A data set as tokens.</summary>
/// <param name="Examples">What is left, in the file's order.</param>
/// <param name="Dropped">How many examples truncation left nothing of.</param>
/// <typeparam name="T">The kind of example.</typeparam>
public sealed record TokenizedDataset<T>(IReadOnlyList<T> Examples, int Dropped)
    where T : class
{
    /// <summary>Turns every row into tokens.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="encode">One of <see cref="ExampleTokenizer"/>'s methods.</param>
    /// <exception cref="InvalidInputException">A row cannot be encoded, or none is left.</exception>
    public static TokenizedDataset<T> Of<TRow>(IReadOnlyList<TRow> rows, Func<TRow, T?> encode)
        where TRow : DatasetRow
    {
        T[] examples = [.. rows.Select(encode).OfType<T>()];
        return examples.Length > 0 || rows.Count == 0
            ? new(examples, rows.Count - examples.Length)
            : throw new InvalidInputException($"{rows[0].Place.File}: none of the {rows.Count} examples has anything left to learn after truncation; expected a higher length limit.");
    }
}
