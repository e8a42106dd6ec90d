namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>
/// Tables with a header line, cells parted by commas or tabs, quoted as RFC 4180 says: <c>"prompt","chosen","rejected"</c>. A <see cref="ColumnMapping"/> says
/// what the columns hold. Quoted cells may hold line ends of
/// every kind. What follows a quote that is never closed cannot be parted into rows again: it ends the import. https://www.rfc-editor.org/rfc/rfc4180.
/// </summary>
public static class Tables
{
    /// <summary>Cells parted by commas.</summary>
    public static DatasetFormat Csv { get; } = Create("csv", "CSV", ",", "commas", [".csv"]);

    /// <summary>Cells parted by tabs.</summary>
    public static DatasetFormat Tsv { get; } = Create("tsv", "TSV", "\t", "tabs", [".tsv", ".tab"]);

    private static DelimitedFormat Create(string name, string displayName, string delimiter, string inWords, IReadOnlyList<string> endings) => new()
    {
        Name = name,
        DisplayName = displayName,
        Description = $"A table with a header line, cells parted by {inWords}; one kind of example a file. Conversations, lists and extra fields are JSON within a cell.",
        ExampleLine = $"prompt{delimiter}chosen{delimiter}rejected",
        FileEndings = endings,
        Kinds = Enum.GetValues<ExampleKind>(),
        Delimiter = delimiter,
    };
}
