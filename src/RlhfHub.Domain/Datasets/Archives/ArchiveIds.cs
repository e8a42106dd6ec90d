using System.Buffers.Binary;

namespace RlhfHub.Domain.Datasets.Archives;

/// <summary>
/// The ids that an archive's records get here: their own, or where those are taken, all of them moved by one number. Adding keeps the order of any two ids, on which the order of a snapshot's
/// examples stands, and needs no table however large the project is.
/// </summary>
internal sealed class ArchiveIds
{
    private readonly UInt128 offset;

    private ArchiveIds(UInt128 offset) => this.offset = offset;

    /// <summary>The ids as they are.</summary>
    public static ArchiveIds Kept { get; } = new(0);

    /// <summary>New ids. The number has 61 bits: it stays below the part of an id that tells the time.</summary>
    public static ArchiveIds Moved(Random random) => new((UInt128)random.NextInt64(1, 1L << 61));

    /// <summary>Whether ids stay as they are.</summary>
    public bool AreKept => offset == 0;

    /// <summary>The id here of what has this id in the archive.</summary>
    public Guid Of(Guid id)
    {
        if (AreKept) return id;
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt128BigEndian(bytes, unchecked(BinaryPrimitives.ReadUInt128BigEndian(bytes) + offset));
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The same for an id that may be missing.</summary>
    public Guid? Of(Guid? id) => id is { } value ? Of(value) : null;
}
