using System.IO.Compression;

namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>A way to write examples down. Every one reads and writes streams of any length and keeps one record in memory.</summary>
public abstract class DatasetFormat
{
    private protected DatasetFormat() { }

    /// <summary>The name that settings and addresses use, such as <c>trl-preference</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The name that people read.</summary>
    public required string DisplayName { get; init; }

    /// <summary>One sentence: what it is for and what it leaves out.</summary>
    public required string Description { get; init; }

    /// <summary>One record as it stands in a file.</summary>
    public required string ExampleLine { get; init; }

    /// <summary>What a file's name ends with, the usual ending first; <c>.gz</c> may follow any of them.</summary>
    public required IReadOnlyList<string> FileEndings { get; init; }

    /// <summary>The kinds of example that it can carry; an export of others is refused before it begins.</summary>
    public required IReadOnlyList<ExampleKind> Kinds { get; init; }

    /// <summary>Whether it can be written as one JSON array, too; reading takes either.</summary>
    public abstract bool HasArrays { get; }

    /// <summary>Why this example cannot be written in this format, in one sentence; null when it can.</summary>
    public abstract string? ReasonAgainst(Example example);

    /// <summary>Reads a file, gzip-compressed or not. A bad record is a row with an error and the next ones still come; a broken file ends with one row that
    /// says so.</summary>
    /// <param name="stream">The file, read forwards once and left open.</param>
    /// <param name="options">Where to begin and how long a record may be.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public IAsyncEnumerable<ImportRow> ImportAsync(Stream stream, ImportOptions? options = null, CancellationToken cancellationToken = default) =>
        ReadAsync(stream, options ?? new(), cancellationToken);

    /// <summary>Writes examples until the end or the first that this format cannot carry, which the result names: what was written until then is no whole
    /// file.</summary>
    /// <param name="examples">What to write.</param>
    /// <param name="stream">Where to; left open.</param>
    /// <param name="options">Compression and form.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public async Task<ExportResult> ExportAsync(IAsyncEnumerable<Example> examples, Stream stream, ExportOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        if (options.IsArray && !HasArrays) throw new ArgumentException($"{DisplayName} has no form as one JSON array; expected lines.", nameof(options));
        if (!options.IsGzip) return await WriteAsync(examples, stream, options, cancellationToken);
        await using var zipped = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true);
        return await WriteAsync(examples, zipped, options, cancellationToken);
    }

    /// <summary>Whether the first records of a file look like this format's.</summary>
    internal abstract bool Looks(DatasetSample sample);

    private protected abstract IAsyncEnumerable<ImportRow> ReadAsync(Stream stream, ImportOptions options, CancellationToken cancellationToken);

    private protected abstract Task<ExportResult> WriteAsync(IAsyncEnumerable<Example> examples, Stream stream, ExportOptions options, CancellationToken cancellationToken);

    /// <summary>What is against an example whatever its texts: its kind, or what is wrong with it in itself.</summary>
    private protected string? ReasonAgainstKind(Example example) => !Kinds.Contains(example.Kind)
        ? $"{DisplayName} carries no {example.Kind.ToString().ToLowerInvariant()} examples; expected {string.Join(" or ", Kinds).ToLowerInvariant()}."
        : ExampleRules.Problem(example) is { } problem ? $"The example cannot be written: {problem}." : null;

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>One example of a file, or what is wrong with the record in its place.</summary>
/// <param name="Record">The record's number in the file, from 1; blank lines don't count. A conversation tree is one record with several rows.</param>
/// <param name="Line">The line that it begins in, from 1.</param>
/// <param name="Example">What it says; null where it is wrong.</param>
/// <param name="Error">What is wrong, where, and what would be right, in one sentence; null where all is well.</param>
public sealed record ImportRow(long Record, long Line, Example? Example, string? Error);

/// <summary>How to read a file.</summary>
public sealed record ImportOptions
{
    /// <summary>How many records to pass over: the <see cref="ImportRow.Record"/> of the last row that is done. They are not parsed, so that going on is
    /// cheap. Default 0.</summary>
    public long SkipRecords { get; init; }

    /// <summary>The most bytes that one record may have (characters in CSV and TSV); a longer one is an error and not held in memory. Default 16 MiB.</summary>
    public int MaxRecordBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>What the columns of a CSV or TSV file hold; null takes it from their names.</summary>
    public ColumnMapping? Columns { get; init; }
}

/// <summary>How to write a file.</summary>
public sealed record ExportOptions
{
    /// <summary>Compress with gzip.</summary>
    public bool IsGzip { get; init; }

    /// <summary>Write one JSON array instead of a line for each example.</summary>
    public bool IsArray { get; init; }
}

/// <summary>How an export ended.</summary>
/// <param name="Written">How many examples are in the file.</param>
/// <param name="Refusal">Why the next one could not be written, in one sentence; null when all are in.</param>
public sealed record ExportResult(long Written, string? Refusal);
