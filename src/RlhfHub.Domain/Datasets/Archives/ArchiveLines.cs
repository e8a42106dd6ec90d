using System.Buffers;

namespace RlhfHub.Domain.Datasets.Archives;

/// <summary>The lines of a stream as bytes, one at a time; a line ends with <c>\n</c> alone. The buffer grows to the longest line.</summary>
internal sealed class ArchiveLines(Stream stream, int maxLineBytes) : IDisposable
{
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
    private int start;
    private int end;

    /// <summary>The number of the line that was read last, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>The line with its end, good until the next call; empty behind the last one.</summary>
    public ReadOnlyMemory<byte> Line { get; private set; }

    /// <summary>Goes to the next line.</summary>
    /// <exception cref="InvalidDataException">The line is too long or has no end, or a compressed stream below is broken.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        Number++;
        var searched = 0;
        int feed;
        while ((feed = buffer.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n')) < 0)
        {
            searched = end - start;
            if (searched > maxLineBytes) throw new InvalidDataException($"it is longer than {maxLineBytes:N0} bytes");
            if (await FillAsync(cancellationToken)) continue;
            if (searched > 0) throw new InvalidDataException("it has no end: the file was cut off");
            Line = default;
            return false;
        }
        var length = searched + feed + 1;
        Line = buffer.AsMemory(start, length);
        start += length;
        return true;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }
        if (end == buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
            buffer.AsSpan(0, end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }
        var count = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken);
        end += count;
        return count > 0;
    }
}
