using Microsoft.Win32.SafeHandles;

namespace RlhfHub.Training.Runs;

/// <summary>Up to where a reader has come. Store both numbers together with what was read, and nothing is lost or read twice.</summary>
/// <param name="OffsetBytes">Where the next line begins.</param>
/// <param name="Seq">The number of the last event that was read.</param>
public readonly record struct EventCursor(long OffsetBytes, long Seq);

/// <summary>Reads events.jsonl while a worker appends to it: whole lines only, every one once, and proof that none is missing. Between reads it holds no file open.</summary>
public sealed class EventTail
{
    private const int FirstBufferBytes = 1 << 16;

    private readonly string file;
    private byte[] buffer = new byte[FirstBufferBytes];
    private bool isCursorChecked;

    /// <summary>Reads on from a cursor; the default is the beginning. The file need not exist yet.</summary>
    public EventTail(RunFolder folder, EventCursor cursor = default)
    {
        file = folder.EventsFile;
        Cursor = cursor;
        isCursorChecked = cursor == default;
    }

    /// <summary>Up to where was read.</summary>
    public EventCursor Cursor { get; private set; }

    /// <summary>Reads on after an event, for a reader that knows only its number. The lines before it are read and checked.</summary>
    /// <exception cref="RunFolderException">The log does not reach that event, or has a gap before it.</exception>
    public static EventTail After(RunFolder folder, long seq)
    {
        var tail = new EventTail(folder);
        while (tail.Cursor.Seq < seq)
            if (tail.ReadNew((int)Math.Min(1000, seq - tail.Cursor.Seq)).Count == 0)
                throw new RunFolderException($"{tail.file} ends with event {tail.Cursor.Seq}; event {seq} was read before. Read it again from the beginning.");
        return tail;
    }

    /// <summary>The events that were written since the last call, at most <paramref name="max"/>; empty when there are none.</summary>
    /// <exception cref="RunFolderException">A number is missing or there twice, a line is damaged, or the file no longer holds what was read before (a power cut can do that); reading again from the beginning shows what it holds.</exception>
    public IReadOnlyList<RunEvent> ReadNew(int max = 1000)
    {
        if (!File.Exists(file)) return Cursor == default ? [] : throw Lost();
        using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        CheckCursor(handle);
        var events = new List<RunEvent>();
        while (events.Count < max)
        {
            // Every line comes out of a single read from its first byte: what a repair cuts off is never joined with what comes after.
            var bytes = buffer.AsSpan(0, RandomAccess.Read(handle, buffer, Cursor.OffsetBytes));
            if (bytes.IndexOf((byte)'\n') >= 0) Take(bytes, events, max);
            else if (bytes.Length == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
            else break;
        }
        return events;
    }

    private void Take(ReadOnlySpan<byte> bytes, List<RunEvent> events, int max)
    {
        for (int end; events.Count < max && (end = bytes.IndexOf((byte)'\n')) >= 0; bytes = bytes[(end + 1)..])
        {
            var item = EventLine.Parse(bytes[..end], $"{file} at byte {Cursor.OffsetBytes}");
            if (item.Seq != Cursor.Seq + 1)
                throw new RunFolderException($"{file} at byte {Cursor.OffsetBytes}: event {Cursor.Seq} is followed by event {item.Seq}; expected {Cursor.Seq + 1}.");
            events.Add(item);
            Cursor = new EventCursor(Cursor.OffsetBytes + end + 1, item.Seq);
        }
    }

    private void CheckCursor(SafeFileHandle handle)
    {
        var lengthBytes = RandomAccess.GetLength(handle);
        if (lengthBytes < Cursor.OffsetBytes) throw Lost();
        if (isCursorChecked) return;
        if (EventFile.EndOfWholeLines(handle, Cursor.OffsetBytes) != Cursor.OffsetBytes || EventFile.LastSeq(handle, Cursor.OffsetBytes, file) != Cursor.Seq) throw Lost();
        isCursorChecked = true;
    }

    private RunFolderException Lost() => new($"{file} has no event {Cursor.Seq} that ends at byte {Cursor.OffsetBytes}, although it was read before. Read it again from the beginning.");
}
