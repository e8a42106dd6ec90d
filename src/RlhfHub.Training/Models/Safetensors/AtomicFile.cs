using Microsoft.Win32.SafeHandles;

namespace RlhfHub.Training.Models.Safetensors;

/// <summary>Writes a file that is either there in full or not at all: under a temporary name beside it, flushed to the disk, then renamed.</summary>
internal static class AtomicFile
{
    /// <summary>Writes or replaces a file.</summary>
    /// <param name="path">The final name.</param>
    /// <param name="sizeBytes">Its size, reserved at once so that a full disk is noticed before anything is written.</param>
    /// <param name="write">Writes the contents at their offsets.</param>
    /// <exception cref="IOException">The disk is full, the folder is absent, or writing failed; what was under the name before is untouched.</exception>
    public static void Write(string path, long sizeBytes, Action<SafeFileHandle> write)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var handle = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None, sizeBytes))
            {
                write(handle);
                RandomAccess.FlushToDisk(handle);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or ArgumentOutOfRangeException)
        {
            // .NET calls a file that the system lets grow no further (EFBIG) a wrong argument.
            throw new IOException($"{path} could not be written ({sizeBytes} bytes): {error.Message}", error);
        }
        finally
        {
            if (File.Exists(temporary)) File.Delete(temporary);
        }
    }
}
