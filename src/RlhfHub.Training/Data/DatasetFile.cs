using RlhfHub.Training.Data.Formats;

namespace RlhfHub.Training.Data;

/// <summary>Reads a file of examples whole, or says what is wrong with it; nothing is half-read.</summary>
public static class DatasetFile
{
    private const int MostErrors = 1000;

    /// <summary>All rows of a file, gzip-compressed or not.</summary>
    /// <param name="file">The file.</param>
    /// <param name="format">What its lines hold.</param>
    /// <param name="options">Limits and labels; the defaults where null.</param>
    /// <exception cref="InvalidInputException">The file is missing or empty, or lines are wrong: the message names the first and counts the others.</exception>
    public static IReadOnlyList<TRow> Read<TRow>(string file, DatasetFormat<TRow> format, ReadOptions? options = null)
        where TRow : DatasetRow
    {
        options = (options ?? new()).Checked();
        var rows = new List<TRow>();
        InvalidInputException? first = null;
        var others = 0;
        foreach (var (line, place) in LineFile.Read(file))
        {
            try
            {
                var row = format.Parse(JsonLines.Parse(line, place), options);
                rows.Add(rows.Count == 0 || row.Shape == rows[0].Shape
                    ? row
                    : throw new InvalidInputException($"{place}: this is {row.Shape}, but line {rows[0].Place.Line} is {rows[0].Shape}; expected one format in a file."));
            }
            catch (InvalidInputException error)
            {
                if (first is null) first = error;
                else if (++others == MostErrors) break;
            }
        }
        if (first is not null) throw others == 0 ? first : new InvalidInputException($"{first.Message.TrimEnd('.')} ({Count(others)} wrong).", first);
        return rows.Count > 0 ? rows : throw new InvalidInputException($"{file} has no lines; expected one JSON object a line, such as {format.Examples[0]}.");
    }

    private static string Count(int others) => others switch
    {
        1 => "1 more line is",
        MostErrors => $"{MostErrors} or more further lines are",
        _ => $"{others} more lines are",
    };
}

/// <summary>What a file's rows are checked against.</summary>
public sealed record ReadOptions
{
    /// <summary>The names of the classes, in the order of their numbers from 0; only for classification.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>The most characters of a prompt, of all its messages together; null for no limit.</summary>
    public int? MaxPromptCharacters { get; init; }

    internal ReadOptions Checked() =>
        Labels.Distinct(StringComparer.Ordinal).Count() == Labels.Count && !Labels.Contains("")
            ? this
            : throw new InvalidInputException("The schema's labels are not distinct or one is empty; expected names that differ.");

    internal Passage CheckPrompt(Passage prompt, LinePlace place)
    {
        var length = prompt.Messages?.Sum(message => message.Content?.Length ?? 0) ?? prompt.Text!.Length;
        return MaxPromptCharacters is { } limit && length > limit
            ? throw new InvalidInputException($"{place}: the prompt has {length} characters; expected {limit} at most.")
            : prompt;
    }
}
