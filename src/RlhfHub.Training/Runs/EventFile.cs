using Microsoft.Win32.SafeHandles;

namespace RlhfHub.Training.Runs;

/// <summary>Finds lines from the end of events.jsonl.</summary>
internal static class EventFile
{
    private const int BlockBytes = 1 << 16;

    /// <summary>The offset after the last line end before <paramref name="end"/>; 0 when there is none.</summary>
    public static long EndOfWholeLines(SafeFileHandle handle, long end)
    {
        var block = new byte[BlockBytes];
        for (var stop = end; stop > 0;)
        {
            var start = Math.Max(0, stop - BlockBytes);
            var bytes = block.AsSpan(0, (int)(stop - start));
            ReadFully(handle, bytes, start);
            var lineEnd = bytes.LastIndexOf((byte)'\n');
            if (lineEnd >= 0) return start + lineEnd + 1;
            stop = start;
        }
        return 0;
    }

    /// <summary>The number of the event whose line ends at <paramref name="end"/>; 0 at the file's beginning.</summary>
    /// <exception cref="RunFolderException">No event's line ends there.</exception>
    public static long LastSeq(SafeFileHandle handle, long end, string file)
    {
        if (end == 0) return 0;
        var start = EndOfWholeLines(handle, end - 1);
        var line = new byte[end - 1 - start];
        ReadFully(handle, line, start);
        return EventLine.Parse(line, $"{file} at byte {start}").Seq;
    }

    private static void ReadFully(SafeFileHandle handle, Span<byte> bytes, long offset)
    {
        for (var done = 0; done < bytes.Length;)
        {
            var read = RandomAccess.Read(handle, bytes[done..], offset + done);
            if (read == 0) throw new EndOfStreamException("The file became shorter while it was read.");
            done += read;
        }
    }
}
