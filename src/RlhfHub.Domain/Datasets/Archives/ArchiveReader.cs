using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using RlhfHub.Domain.Datasets.Formats;

namespace RlhfHub.Domain.Datasets.Archives;

/// <summary>Reads an archive's records and checks that it is one, that it is whole, and that nothing in it was changed.</summary>
internal static class ArchiveReader
{
    private static readonly int EndPlace = ArchiveJson.Kinds.Count - 1;

    /// <summary>The records between the first line and the last. The stream stays open.</summary>
    /// <exception cref="InvalidDataException">Something is wrong; one sentence with the line. That a line was changed shows at the last one only, so believe nothing before this has come to its end.</exception>
    public static async IAsyncEnumerable<ArchiveLine> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var text = await OpenAsync(stream, cancellationToken);
        using var lines = new ArchiveLines(text, ArchiveWriter.MaxLineBytes);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        SortedDictionary<string, long> counts = new(StringComparer.Ordinal);
        var place = -1;
        while (true)
        {
            if (!await NextAsync(lines, cancellationToken)) throw Broken(lines, "the file ends here without the last line of an archive; it was cut off");
            var record = Parse(lines, place);
            var next = ArchiveJson.PlaceOf(record);
            RequireOrder(lines, place, next);
            place = next;
            if (record is EndRecord end)
            {
                RequireWhole(lines, end, counts, Convert.ToHexStringLower(hash.GetHashAndReset()));
                break;
            }
            counts[ArchiveJson.Kinds[place].Name] = counts.GetValueOrDefault(ArchiveJson.Kinds[place].Name) + 1;
            hash.AppendData(lines.Line.Span);
            if (record is not HeaderRecord header) yield return new(lines.Number, lines.Line.Length, record);
            else if (header.Version != HeaderRecord.CurrentVersion)
                throw Broken(lines, $"the archive has version {header.Version}; this platform reads version {HeaderRecord.CurrentVersion}");
        }
        if (await NextAsync(lines, cancellationToken)) throw Broken(lines, "something follows the last line of the archive");
    }

    private static InvalidDataException Broken(ArchiveLines lines, string what) => new($"Line {lines.Number}: {what}.");

    private static async Task<Stream> OpenAsync(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            return await DatasetStream.OpenAsync(stream, cancellationToken);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"Line 1: {error.Message.TrimEnd('.')}.", error);
        }
    }

    private static async ValueTask<bool> NextAsync(ArchiveLines lines, CancellationToken cancellationToken)
    {
        try
        {
            return await lines.ReadAsync(cancellationToken);
        }
        catch (InvalidDataException error)
        {
            throw Broken(lines, error.Message.TrimEnd('.'));
        }
    }

    private static ArchiveRecord Parse(ArchiveLines lines, int place)
    {
        try
        {
            var record = ArchiveJson.Read(lines.Line.Span[..^1]);
            if (place >= 0 || record is HeaderRecord { Format: HeaderRecord.FormatName }) return record;
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or InvalidOperationException)
        {
            if (place >= 0) throw Broken(lines, $"it is no record of an archive ({Reason(error)})");
        }
        throw Broken(lines, "this is no archive of a project; expected {\"record\":\"archive\",\"format\":\"rlhfhub-archive\",\"version\":1}");
    }

    // .NET adds where in the line it was; one sentence is enough.
    private static string Reason(Exception error) => error.Message.Split(" Path:")[0].ReplaceLineEndings(" ").TrimEnd('.');

    private static void RequireOrder(ArchiveLines lines, int before, int next)
    {
        string Name(int place) => ArchiveJson.Kinds[place].Name;
        if (before == 0 && next != 1) throw Broken(lines, $"a {Name(next)} stands where the project is expected");
        if (before >= 0 && next <= before && (next <= 1 || next < before)) throw Broken(lines, $"a {Name(next)} stands behind a {Name(before)}, where it does not belong");
        if (next == EndPlace && before < 1) throw Broken(lines, "the archive holds no project");
    }

    private static void RequireWhole(ArchiveLines lines, EndRecord end, SortedDictionary<string, long> counts, string sha256)
    {
        foreach (var kind in ArchiveJson.Kinds.Select(kind => kind.Name))
        {
            var (said, found) = (end.Counts.GetValueOrDefault(kind), counts.GetValueOrDefault(kind));
            if (said != found) throw Broken(lines, $"the archive was written with {said:N0} lines of the kind {kind} and has {found:N0}; it was changed or damaged");
        }
        if (end.Sha256 != sha256) throw Broken(lines, $"the lines before have the SHA-256 {sha256} and were written with {end.Sha256}; the file was changed or damaged");
    }
}

/// <summary>A line of an archive.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="Record">What it says.</param>
internal readonly record struct ArchiveLine(long Number, int SizeBytes, ArchiveRecord Record);
