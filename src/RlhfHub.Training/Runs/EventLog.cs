using Microsoft.Win32.SafeHandles;

namespace RlhfHub.Training.Runs;

/// <summary>
/// Appends to events.jsonl. Each event is one write of one whole line, so that killing the process loses at most a torn last line, which opening cuts off.
/// The operating system has a line when <see cref="Append"/> returns; the disk has it, and all before it, after a state, checkpoint or error event and after closing.
/// A power cut can therefore lose the lines since the last of those, never one out of the middle.
/// </summary>
public sealed class EventLog : IDisposable
{
    private readonly SafeFileHandle handle;
    private readonly TimeProvider time;
    private readonly string file;
    private long sizeBytes;

    private EventLog(string file, SafeFileHandle handle, TimeProvider time)
    {
        this.file = file;
        this.handle = handle;
        this.time = time;
    }

    /// <summary>The number of the last event; 0 when there is none.</summary>
    public long LastSeq { get; private set; }

    /// <summary>How many bytes of a torn last line opening cut off.</summary>
    public long RepairedBytes { get; private set; }

    /// <summary>Opens or makes the log of a run, repairs a torn last line, and goes on with the numbers.</summary>
    /// <exception cref="RunFolderException">The last whole line is not an event.</exception>
    public static EventLog Open(RunLock held, TimeProvider time)
    {
        var file = held.Folder.EventsFile;
        var isNew = !File.Exists(file);
        var log = new EventLog(file, File.OpenHandle(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete), time);
        try
        {
            if (isNew) DiskFlush.OfFolder(held.Folder.Path);
            log.Repair();
            return log;
        }
        catch
        {
            log.handle.Dispose();
            throw;
        }
    }

    /// <summary>Writes one event and returns it with its number and time.</summary>
    /// <exception cref="IOException">The disk is full or failed; no part of the line stays and the number is not used up.</exception>
    public T Append<T>(T item) where T : RunEvent
    {
        var numbered = item with { Seq = LastSeq + 1, Time = time.GetUtcNow().UtcDateTime };
        var line = EventLine.Write(numbered);
        try
        {
            RandomAccess.Write(handle, line, sizeBytes);
        }
        catch (IOException error)
        {
            RandomAccess.SetLength(handle, sizeBytes);
            throw new IOException($"{file} could not be written: {error.Message}", error);
        }
        sizeBytes += line.Length;
        LastSeq++;
        if (numbered is StateEvent or CheckpointEvent or ErrorEvent) RandomAccess.FlushToDisk(handle);
        return (T)numbered;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!handle.IsClosed) RandomAccess.FlushToDisk(handle);
        handle.Dispose();
    }

    private void Repair()
    {
        var lengthBytes = RandomAccess.GetLength(handle);
        sizeBytes = EventFile.EndOfWholeLines(handle, lengthBytes);
        RepairedBytes = lengthBytes - sizeBytes;
        if (RepairedBytes > 0) RandomAccess.SetLength(handle, sizeBytes);
        LastSeq = EventFile.LastSeq(handle, sizeBytes, file);
    }
}
