using System.Buffers;

namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>
/// The records of a file of JSON lines, or of one JSON array where it begins with <c>[</c>, one at a time. A line ends with <c>\n</c> alone: U+2028, U+2029,
/// U+0085 and a bare
/// <c>\r</c> may stand within. The buffer grows to the longest record and never beyond the limit.
/// </summary>
internal sealed class JsonRecordReader(Stream stream, int maxRecordBytes) : IDisposable
{
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
    private int start;      // of what is not read yet
    private int end;        // of what the buffer holds
    private long line = 1;  // of what stands at start
    private bool isOver;
    private bool hasBegun;

    /// <summary>Whether the file is one array.</summary>
    public bool IsArray { get; private set; }

    /// <summary>The record's number, from 1.</summary>
    public long Record { get; private set; }

    /// <summary>The line it begins in, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Its bytes, good until the next call; null where it is longer than allowed.</summary>
    public ReadOnlyMemory<byte>? Bytes { get; private set; }

    /// <summary>Goes to the next record; false at the end.</summary>
    /// <exception cref="InvalidDataException">The array is broken, or the compressed stream below is.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (!hasBegun)
        {
            hasBegun = true;
            if (await SkipSpaceAsync(cancellationToken) && buffer[start] == '[')
            {
                IsArray = true;
                start++;
            }
        }
        return IsArray ? await ReadItemAsync(cancellationToken) : await ReadLineAsync(cancellationToken);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);

    private async ValueTask<bool> ReadLineAsync(CancellationToken cancellationToken)
    {
        if (!await SkipSpaceAsync(cancellationToken)) return false;
        (Line, Record) = (line, Record + 1);
        var searched = 0;
        var isTooLong = false;
        int feed;
        while ((feed = buffer.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n')) < 0)
        {
            searched = end - start;
            if (searched > maxRecordBytes)
            {
                isTooLong = true;
                start = end;
                searched = 0;
            }
            if (!await FillAsync(cancellationToken)) break;
        }
        var length = feed < 0 ? end - start : searched + feed;
        Bytes = isTooLong || length > maxRecordBytes ? default(ReadOnlyMemory<byte>?) : buffer.AsMemory(start, length);
        start += length;   // the line's end stays for SkipSpace, which counts it
        return true;
    }

    private async ValueTask<bool> ReadItemAsync(CancellationToken cancellationToken)
    {
        if (!await SkipSpaceAsync(cancellationToken)) throw Broken("ends without a ']'");
        if (buffer[start] == ']')
        {
            start++;
            if (await SkipSpaceAsync(cancellationToken)) throw Broken("is followed by something else");
            return Finish();
        }
        if (Record > 0)
        {
            if (buffer[start] != ',') throw Broken($"has no ',' after item {Record}");
            start++;
            if (!await SkipSpaceAsync(cancellationToken)) throw Broken("ends without a ']'");
        }
        if (buffer[start] is (byte)',' or (byte)']') throw Broken($"has nothing where item {Record + 1} should be");

        (Line, Record) = (line, Record + 1);
        var (scan, length, isTooLong) = (new ItemScan(), 0, false);
        while (!scan.Finds(buffer.AsSpan(start, end - start), ref length))
        {
            if (length > maxRecordBytes)
            {
                isTooLong = true;
                line += buffer.AsSpan(start, length).Count((byte)'\n');
                start += length;
                length = 0;
            }
            if (!await FillAsync(cancellationToken)) throw Broken($"ends within item {Record}");
        }
        line += buffer.AsSpan(start, length).Count((byte)'\n');
        Bytes = isTooLong || length > maxRecordBytes ? default(ReadOnlyMemory<byte>?) : buffer.AsMemory(start, length);
        start += length;
        return true;
    }

    private bool Finish()
    {
        (start, end, isOver, IsArray) = (0, 0, true, false);
        return false;
    }

    private InvalidDataException Broken(string what)
    {
        Line = line;
        return new($"the array {what}; expected [record, record, …]");
    }

    /// <summary>To the first byte that is no white space; false at the end.</summary>
    private async ValueTask<bool> SkipSpaceAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            for (; start < end; start++)
            {
                if (buffer[start] == '\n') line++;
                else if (buffer[start] is not ((byte)' ' or (byte)'\t' or (byte)'\r')) return true;
            }
            if (!await FillAsync(cancellationToken)) return false;
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (isOver) return false;
        if (start == end) (start, end) = (0, 0);
        if (end == buffer.Length)
        {
            // Half of it is room already where more than half is read; else the record at hand is long and the buffer grows.
            var target = start > buffer.Length / 2 ? buffer : ArrayPool<byte>.Shared.Rent(2 * buffer.Length);
            buffer.AsSpan(start, end - start).CopyTo(target);
            if (target != buffer) ArrayPool<byte>.Shared.Return(buffer);
            (buffer, start, end) = (target, 0, end - start);
        }
        var count = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken);
        end += count;
        isOver = count == 0;
        return !isOver;
    }

    /// <summary>Looks for an item's end: the comma or bracket that stands outside of its own brackets and texts.</summary>
    private struct ItemScan
    {
        private static readonly SearchValues<byte> Marks = SearchValues.Create("\"[]{},"u8);
        private static readonly SearchValues<byte> TextMarks = SearchValues.Create("\"\\"u8);
        private int depth;
        private bool isText;
        private bool isEscaped;

        /// <summary>Goes on at <paramref name="position"/>; true when the item ends there.</summary>
        public bool Finds(ReadOnlySpan<byte> bytes, ref int position)
        {
            while (position < bytes.Length)
            {
                if (isEscaped)
                {
                    (isEscaped, position) = (false, position + 1);
                    continue;
                }
                var next = bytes[position..].IndexOfAny(isText ? TextMarks : Marks);
                if (next < 0)
                {
                    position = bytes.Length;
                    return false;
                }
                position += next;
                switch (bytes[position])
                {
                    case (byte)'"': isText = !isText; break;
                    case (byte)'\\': isEscaped = true; break;
                    case (byte)'[' or (byte)'{': depth++; break;
                    case (byte)',' when depth == 0: return true;
                    case (byte)']' or (byte)'}' when depth == 0: return true;
                    case (byte)']' or (byte)'}': depth--; break;
                }
                position++;
            }
            return false;
        }
    }
}
