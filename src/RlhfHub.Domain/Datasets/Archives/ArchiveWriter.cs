using System.Security.Cryptography;

namespace RlhfHub.Domain.Datasets.Archives;

/// <summary>Writes records as lines, counts them and hashes what it wrote.</summary>
internal sealed class ArchiveWriter(Stream stream) : IDisposable
{
    /// <summary>The longest line: longer than any conversation that a project can take.</summary>
    public const int MaxLineBytes = 256 << 20;

    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly SortedDictionary<string, long> counts = new(StringComparer.Ordinal);

    public async Task AddAsync(ArchiveRecord record, CancellationToken cancellationToken)
    {
        var line = ArchiveJson.Write(record);
        var kind = ArchiveJson.Kinds[ArchiveJson.PlaceOf(record)].Name;
        if (line.Length > MaxLineBytes) throw new InvalidDataException($"A {kind} has {line.Length:N0} bytes; a line of an archive has at most {MaxLineBytes:N0}.");
        counts[kind] = counts.GetValueOrDefault(kind) + 1;
        hash.AppendData(line);
        hash.AppendData("\n"u8);
        await stream.WriteAsync(line, cancellationToken);
        await stream.WriteAsync("\n"u8.ToArray(), cancellationToken);
    }

    /// <summary>Writes the last line.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await stream.WriteAsync(ArchiveJson.Write(new EndRecord(counts, Convert.ToHexStringLower(hash.GetHashAndReset()))), cancellationToken);
        await stream.WriteAsync("\n"u8.ToArray(), cancellationToken);
    }

    public void Dispose() => hash.Dispose();
}
