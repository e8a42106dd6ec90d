using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>The rows of a table, one at a time, with the line that each begins in.</summary>
internal sealed class TableReader(CsvConfiguration configuration, int maxRecordCharacters) : IAsyncDisposable
{
    private Stream? bytes;
    private BoundedReader? text;
    private CsvParser? parser;
    private bool isBadQuote;

    /// <summary>The names in the first line.</summary>
    public string[] Header { get; private set; } = [];

    /// <summary>The line that the row begins in, from 1.</summary>
    public long Line { get; private set; } = 1;

    private string[] cells = [];

    /// <summary>Reads the header; says what is wrong, or null.</summary>
    public async Task<string?> OpenAsync(Stream stream, Encoding encoding, CancellationToken cancellationToken)
    {
        try
        {
            bytes = await DatasetStream.OpenAsync(stream, cancellationToken);
        }
        catch (InvalidDataException error)
        {
            return $"the file cannot be read: {error.Message.TrimEnd('.')}";
        }
        text = new(new StreamReader(bytes, encoding, detectEncodingFromByteOrderMarks: false, 32 * 1024), maxRecordCharacters);
        parser = new(text, configuration with { BadDataFound = _ => isBadQuote = true });
        var (hasMore, problem) = await ReadAsync(isSkipped: false, cancellationToken);
        if (problem is not null || !hasMore) return problem;
        Header = cells;
        return isBadQuote ? "a quote stands within an unquoted cell; expected column names" : null;
    }

    /// <summary>Goes to the next row. What is wrong with the file itself, so that nothing can follow, is told.</summary>
    public async Task<(bool HasMore, string? Problem)> ReadAsync(bool isSkipped, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        isBadQuote = false;
        try
        {
            Line = parser!.RawRow + 1;
            if (!await parser.ReadAsync()) return (false, null);
            text!.Restart();
            if (isSkipped) return (true, null);
            cells = parser.Record ?? [];
            // Blank lines before the row were passed over, so its beginning is counted back from its end.
            Line = parser.RawRow - cells.Sum(LineBreaks);
            return (true, null);
        }
        catch (InvalidDataException error)
        {
            return (false, $"the file cannot be read any further: {error.Message.TrimEnd('.')}");
        }
    }

    private static int LineBreaks(string cell)
    {
        var breaks = 0;
        for (var i = cell.AsSpan().IndexOfAny('\r', '\n'); i >= 0 && i < cell.Length; i++)
            if (cell[i] == '\n' || (cell[i] == '\r' && (i + 1 == cell.Length || cell[i + 1] != '\n'))) breaks++;
        return breaks;
    }

    /// <summary>The row's cells, one for each column; throws <see cref="BadRecordException"/>.</summary>
    public string[] Cells(char noCharacter)
    {
        if (isBadQuote)
            throw new BadRecordException("a quote stands within an unquoted cell or after a quoted one; expected the whole cell in quotes, and quotes within it doubled");
        if (cells.Length != Header.Length) throw new BadRecordException($"the row has {cells.Length} cells; expected {Header.Length}, as in the header");
        return cells.Any(cell => cell.Contains(noCharacter)) ? throw new BadRecordException("the row is not valid UTF-8; expected text in UTF-8") : cells;
    }

    public async ValueTask DisposeAsync()
    {
        parser?.Dispose();
        text?.Dispose();
        if (bytes is not null) await bytes.DisposeAsync();
    }

    /// <summary>Refuses to hand out more for one row than is allowed: a forgotten quote would else read the whole file into memory.</summary>
    private sealed class BoundedReader(TextReader reader, int most) : TextReader
    {
        private long given;

        public void Restart() => given = 0;

        public override int Read(char[] buffer, int index, int count) => Count(reader.Read(buffer, index, count));

        public override async Task<int> ReadAsync(char[] buffer, int index, int count) => Count(await reader.ReadAsync(buffer, index, count));

        public override async ValueTask<int> ReadAsync(Memory<char> buffer, CancellationToken cancellationToken = default) =>
            Count(await reader.ReadAsync(buffer, cancellationToken));

        protected override void Dispose(bool disposing)
        {
            if (disposing) reader.Dispose();
            base.Dispose(disposing);
        }

        private int Count(int count)
        {
            given += count;
            return given <= most ? count : throw new InvalidDataException($"a row is longer than {most:N0} characters, or a quote is not closed; expected shorter rows");
        }
    }
}
