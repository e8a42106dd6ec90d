using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace RlhfHub.Training.Models.Safetensors;

/// <summary>
/// A file read through memory maps that live only as long as each copy: mapped pages count as resident, and the whole file mapped beside its
/// private copy would take twice the weights.
/// </summary>
internal sealed class MappedFile : IDisposable
{
    private readonly SafeFileHandle handle;
    private readonly MemoryMappedFile map;
    private readonly string path;

    private MappedFile(SafeFileHandle handle, MemoryMappedFile map, string path, long sizeBytes)
    {
        this.handle = handle;
        this.map = map;
        this.path = path;
        SizeBytes = sizeBytes;
    }

    public long SizeBytes { get; }

    /// <summary>Opens a file that is not empty.</summary>
    /// <exception cref="ModelFileException">It is absent, empty, or may not be read.</exception>
    public static MappedFile Open(string path)
    {
        try
        {
            var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            try
            {
                return Map(handle, path);
            }
            catch
            {
                handle.Dispose();
                throw;
            }
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelFileException($"{path} does not exist.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ModelFileException($"{path} could not be opened: {error.Message}", error);
        }
    }

    /// <summary>Fills the target with the file's bytes from an offset on.</summary>
    /// <exception cref="ModelFileException">The file is shorter than when it was opened.</exception>
    public unsafe void Copy(long offsetBytes, Span<byte> target)
    {
        if (target.IsEmpty) return;

        // Touching a mapped page beyond the file's end kills the process, so a file that shrank is caught while it still can be.
        if (RandomAccess.GetLength(handle) < offsetBytes + target.Length)
            throw new ModelFileException($"{path} became shorter while it was read; expected {SizeBytes} bytes.");

        using var view = map.CreateViewAccessor(offsetBytes, target.Length, MemoryMappedFileAccess.Read);
        byte* page = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref page);
        try
        {
            new ReadOnlySpan<byte>(page + view.PointerOffset, target.Length).CopyTo(target);
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    private static MappedFile Map(SafeFileHandle handle, string path)
    {
        var sizeBytes = RandomAccess.GetLength(handle);
        if (sizeBytes == 0) throw new ModelFileException($"{path} is empty.");
        var map = MemoryMappedFile.CreateFromFile(handle, mapName: null, sizeBytes, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        return new MappedFile(handle, map, path, sizeBytes);
    }

    public void Dispose()
    {
        map.Dispose();
        handle.Dispose();
    }
}
