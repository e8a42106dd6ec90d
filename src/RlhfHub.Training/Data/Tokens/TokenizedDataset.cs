namespace RlhfHub.Training.Data.Tokens;

/// <summary>A data set as tokens.</summary>
/// <param name="Examples">What is left, in the file's order.</param>
/// <param name="Dropped">How many examples truncation left nothing of.</param>
/// <param name="FirstDropped">Where the first of them stands; null where none was dropped.</param>
/// <typeparam name="T">The kind of example.</typeparam>
public sealed record TokenizedDataset<T>(IReadOnlyList<T> Examples, int Dropped, LinePlace? FirstDropped)
    where T : class
{
    /// <summary>Turns every row into tokens.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="encode">One of <see cref="ExampleTokenizer"/>'s methods.</param>
    /// <exception cref="InvalidInputException">A row cannot be encoded, or none is left.</exception>
    public static TokenizedDataset<T> Of<TRow>(IReadOnlyList<TRow> rows, Func<TRow, T?> encode)
        where TRow : DatasetRow
    {
        var encoded = rows.Select(row => (row.Place, Example: encode(row))).ToArray();
        T[] examples = [.. encoded.Select(item => item.Example).OfType<T>()];
        LinePlace? firstDropped = examples.Length == rows.Count ? null : encoded.First(item => item.Example is null).Place;
        return examples.Length > 0 || rows.Count == 0
            ? new(examples, rows.Count - examples.Length, firstDropped)
            : throw new InvalidInputException($"{firstDropped}: too long to leave anything to learn within the length limit, as are all {rows.Count} examples of the file; expected shorter ones, or a higher 'max_length'.");
    }
}
