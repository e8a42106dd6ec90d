namespace RlhfHub.Training.Data.Formats;

/// <summary>A kind of data set: what a line of it holds. The names and fields are TRL's, https://huggingface.co/docs/trl/dataset_formats.</summary>
/// <param name="Name">What it is called, in kebab case.</param>
/// <param name="Description">What it holds, in one sentence.</param>
/// <param name="Examples">One line of every form that it takes.</param>
public abstract record DatasetFormat(string Name, string Description, IReadOnlyList<string> Examples)
{
    /// <summary>Reads one line.</summary>
    /// <exception cref="InvalidInputException">The line is wrong; the message says what, where, and what would be right.</exception>
    public abstract DatasetRow ParseRow(JsonLine line, ReadOptions options);
}

/// <summary>A kind of data set with its type of row.</summary>
/// <typeparam name="TRow">What a line becomes.</typeparam>
/// <param name="Name">What it is called, in kebab case.</param>
/// <param name="Description">What it holds, in one sentence.</param>
/// <param name="Parse">Reads one line, or throws <see cref="InvalidInputException"/>.</param>
/// <param name="Examples">One line of every form that it takes.</param>
public sealed record DatasetFormat<TRow>(string Name, string Description, Func<JsonLine, ReadOptions, TRow> Parse, IReadOnlyList<string> Examples)
    : DatasetFormat(Name, Description, Examples)
    where TRow : DatasetRow
{
    /// <inheritdoc/>
    public override DatasetRow ParseRow(JsonLine line, ReadOptions options) => Parse(line, options);
}
