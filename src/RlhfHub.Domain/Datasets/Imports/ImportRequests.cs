using System.ComponentModel.DataAnnotations;
using RlhfHub.Domain.Datasets.Formats;

namespace RlhfHub.Domain.Datasets.Imports;

/// <summary>How a file is to be read.</summary>
public sealed record ImportChoice
{
    /// <summary>The format's name; null for the one that was recognised.</summary>
    public string? Format { get; init; }

    /// <summary>What the columns of a table hold; null to go by their names.</summary>
    public ColumnMapping? Columns { get; init; }

    /// <summary>What becomes of the file when records in it are bad.</summary>
    [EnumDataType(typeof(BadRowRule))]
    public BadRowRule BadRows { get; init; }

    /// <summary>Whether prompts that are nearly the same as one that is there are left out; else they are counted and taken.</summary>
    public bool SkipsNearDuplicates { get; init; }
}

/// <summary>What a file holds, as far as was looked.</summary>
/// <param name="Format">The format that it was read by.</param>
/// <param name="Rows">The first rows, good and bad.</param>
/// <param name="Errors">What is wrong, by line.</param>
/// <param name="Good">Good records among those that were looked at.</param>
/// <param name="Kinds">Those by kind of example.</param>
/// <param name="IsWhole">Whether the whole file was looked at.</param>
public sealed record ImportPreview(string Format, IReadOnlyList<ImportRow> Rows, IReadOnlyList<ImportError> Errors, int Good, IReadOnlyDictionary<string, int> Kinds, bool IsWhole)
{
    /// <summary>A table's column names, to map them by; empty for other formats.</summary>
    public IReadOnlyList<string> Header { get; init; } = [];
}

/// <summary>An import.</summary>
/// <param name="Id">The import.</param>
/// <param name="FileName">The file's name.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="Format">Its format; empty while none is chosen.</param>
/// <param name="State">Where it stands.</param>
/// <param name="BadRows">What becomes of bad records.</param>
/// <param name="RecordsDone">The last record that is in.</param>
/// <param name="Counts">What came of them.</param>
/// <param name="Errors">The first errors.</param>
/// <param name="Failure">Why it failed.</param>
/// <param name="CreatedAt">When it was sent, in UTC.</param>
public sealed record ImportDetails(
    Guid Id, string FileName, long SizeBytes, string Format, ImportState State, BadRowRule BadRows, long RecordsDone, ImportCounts Counts, IReadOnlyList<ImportError> Errors, string? Failure, DateTime CreatedAt);
