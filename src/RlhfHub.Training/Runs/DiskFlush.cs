using System.Runtime.InteropServices;

namespace RlhfHub.Training.Runs;

/// <summary>Waits until the disk has what was written: a rename survives a power cut only when its folder was flushed too.</summary>
internal static partial class DiskFlush
{
    private const int ReadOnly = 0;
    private const int InvalidArgument = 22;

    /// <summary>Flushes a file's contents.</summary>
    public static void OfFile(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>Flushes a folder's list of names. Windows writes it by itself, in order.</summary>
    /// <exception cref="IOException">The disk reports an error.</exception>
    public static void OfFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(path, ReadOnly);
        if (descriptor < 0) throw Error(path);
        try
        {
            // Some network file systems cannot flush a folder and say so with this code.
            if (Fsync(descriptor) != 0 && Marshal.GetLastPInvokeError() != InvalidArgument) throw Error(path);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>Flushes a folder with all that is in it.</summary>
    public static void OfAllIn(string path)
    {
        foreach (var file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)) OfFile(file);
        foreach (var subfolder in Directory.EnumerateDirectories(path, "*", SearchOption.AllDirectories)) OfFolder(subfolder);
        OfFolder(path);
    }

    private static IOException Error(string path) => new($"{path} could not be flushed to the disk: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
