using Microsoft.Win32.SafeHandles;

namespace RlhfHub.Training.Runs;

/// <summary>Locks that end with the process, however it ends: on Unix they are flock(2) on the file, on Windows its share mode.</summary>
internal static class FileLock
{
    /// <summary>How long to wait for one who only asks whether the lock is held: that takes microseconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>The lock, which one process may hold alone; null when it is held. Dispose the handle to release it.</summary>
    public static SafeFileHandle? TryTakeAlone(string path, TimeSpan patience) =>
        TryOpen(() => File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), patience);

    /// <summary>The lock, which any number may share while none holds it alone; null when one does.</summary>
    public static SafeFileHandle? TryTakeShared(string path, TimeSpan patience) =>
        TryOpen(() => File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read), patience);

    private static SafeFileHandle? TryOpen(Func<SafeFileHandle> open, TimeSpan patience)
    {
        for (var waited = TimeSpan.Zero; ; waited += Pause)
        {
            try
            {
                return open();
            }
            catch (IOException error) when (IsHeldElsewhere(error))
            {
                if (waited >= patience) return null;
            }
            Thread.Sleep(Pause);
        }
    }

    /// <summary>EWOULDBLOCK of Linux and of macOS, and Windows' sharing violation.</summary>
    private static bool IsHeldElsewhere(IOException error) => error.HResult is 11 or 35 or unchecked((int)0x80070020);
}
