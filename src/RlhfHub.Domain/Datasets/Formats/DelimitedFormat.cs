using System.Runtime.CompilerServices;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>Reads and writes the tables of <see cref="Tables"/>.</summary>
internal sealed class DelimitedFormat : DatasetFormat
{
    private const int MostColumns = 1000;

    // Stands for bytes that are no UTF-8: Unicode promises that it is no character, so that no text can mean it.
    private const char NoCharacter = '\uFFFF';
    private static readonly Encoding Utf8 = Encoding.GetEncoding("utf-8", EncoderFallback.ExceptionFallback, new DecoderReplacementFallback(NoCharacter.ToString()));

    /// <inheritdoc/>
    public override bool HasArrays => false;

    /// <summary>What parts two cells.</summary>
    public required string Delimiter { get; init; }

    /// <inheritdoc/>
    public override string? ReasonAgainst(Example example) => ReasonAgainstKind(example) ?? ReasonAgainst(TableRow.Cells(example));

    /// <summary>The names in a table's first line; empty where it has none that can be read.</summary>
    internal async Task<IReadOnlyList<string>> HeaderAsync(Stream stream, CancellationToken cancellationToken)
    {
        await using var table = new TableReader(Configuration(), new ImportOptions().MaxRecordBytes);
        return await table.OpenAsync(stream, Utf8, cancellationToken) is null ? table.Header : [];
    }

    internal override bool Looks(DatasetSample sample) =>
        sample.Text is { } text && Header(text) is { Length: > 0 and <= MostColumns } header
        && ColumnMapping.Suggest(header).Kind is { } kind && (header.Length > 1 || kind is ExampleKind.Text or ExampleKind.Prompt);

    private protected override async IAsyncEnumerable<ImportRow> ReadAsync(Stream stream, ImportOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var table = new TableReader(Configuration(), options.MaxRecordBytes);
        var broken = await table.OpenAsync(stream, Utf8, cancellationToken);
        if (broken is null && table.Header.Length == 0) yield break;   // an empty file holds no examples
        ColumnMapping? columns = null;
        if (broken is null) (columns, broken) = Columns(table.Header, options.Columns);
        if (broken is not null)
        {
            yield return new(1, 1, null, $"Line 1: {broken}.");
            yield break;
        }
        var kind = columns!.Kind!.Value;
        for (var record = 1L; ; record++)
        {
            var (hasMore, problem) = await table.ReadAsync(isSkipped: record <= options.SkipRecords, cancellationToken);
            if (problem is not null)
            {
                yield return new(record, table.Line, null, $"Line {table.Line}: {problem}.");
                yield break;
            }
            if (!hasMore) yield break;
            if (record > options.SkipRecords) yield return Row(table, columns, kind, record);
        }
    }

    private static ImportRow Row(TableReader table, ColumnMapping columns, ExampleKind kind, long record)
    {
        try
        {
            var example = new TableRow(table.Header, table.Cells(NoCharacter)).Read(columns, kind);
            return ExampleRules.Problem(example) is { } problem ? throw new BadRecordException(problem) : new(record, table.Line, example, null);
        }
        catch (BadRecordException error)
        {
            return new(record, table.Line, null, $"Line {table.Line}: {error.Message}.");
        }
    }

    private protected override async Task<ExportResult> WriteAsync(IAsyncEnumerable<Example> examples, Stream stream, ExportOptions options, CancellationToken cancellationToken)
    {
        await using var text = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 64 * 1024, leaveOpen: true);
        // Every cell is quoted: so none is ever trimmed, taken for a blank line, or parted.
        await using var csv = new CsvWriter(text, Configuration() with { ShouldQuote = _ => true }, leaveOpen: true);
        ExampleKind? kind = null;
        var written = 0L;
        await foreach (var example in examples.WithCancellation(cancellationToken))
        {
            var refusal = ReasonAgainstKind(example);
            var cells = refusal is null ? TableRow.Cells(example) : [];
            refusal ??= ReasonAgainst(cells);
            if (kind is not null && kind != example.Kind) refusal ??= $"A table holds one kind of example, and this one began with {kind}; expected no {example.Kind}.";
            if (refusal is not null) return new(written, $"Example {written + 1}: {refusal}");
            if (kind is null)
            {
                foreach (var cell in cells) csv.WriteField(cell.Column);
                await csv.NextRecordAsync();
            }
            kind = example.Kind;
            foreach (var cell in cells) csv.WriteField(cell.Content);
            await csv.NextRecordAsync();
            written++;
        }
        return new(written, null);
    }

    private static (ColumnMapping?, string? Problem) Columns(string[] header, ColumnMapping? wanted)
    {
        if (header.Length > MostColumns) return (null, $"the header has {header.Length:N0} columns; expected at most {MostColumns:N0}");
        if (header.Distinct(StringComparer.OrdinalIgnoreCase).Count() < header.Length) return (null, "two columns have the same name; expected different ones");
        if (wanted?.Names.FirstOrDefault(name => !header.Contains(name)) is { } missing)
            return (null, $"there is no column '{missing}'; expected one of {string.Join(", ", header)}");
        var columns = wanted ?? ColumnMapping.Suggest(header);
        return columns.Kind is null
            ? (null, "the columns' names make no example; expected text, prompt, or prompt with completion, or chosen and rejected, or responses and ranking")
            : (columns, null);
    }

    private string? ReasonAgainst(IReadOnlyList<(string, string Content)> cells)
    {
        if (cells.Any(cell => cell.Content.Contains(NoCharacter))) return $"{DisplayName} cannot carry U+FFFF, which is no character; expected texts without it.";
        return cells.Sum(cell => (long)cell.Content.Length) > new ImportOptions().MaxRecordBytes / 4
            ? $"{DisplayName} takes at most 4 Mi characters a row; expected a shorter example."
            : null;
    }

    private string[]? Header(string beginning)
    {
        using var parser = new CsvParser(new StringReader(beginning), Configuration());
        try
        {
            return parser.Read() ? parser.Record : null;
        }
        catch (CsvHelperException)
        {
            return null;
        }
    }

    private CsvConfiguration Configuration() => new(System.Globalization.CultureInfo.InvariantCulture)
    {
        Delimiter = Delimiter,
        Mode = CsvMode.RFC4180,
        BadDataFound = null,
        TrimOptions = TrimOptions.None,
        IgnoreBlankLines = true,
        CacheFields = false,
    };
}
