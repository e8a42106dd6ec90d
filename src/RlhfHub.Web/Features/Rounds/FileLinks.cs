using System.Runtime.InteropServices;

namespace RlhfHub.Web.Features.Rounds;

/// <summary>A second name for files that never change.</summary>
internal static partial class FileLinks
{
    /// <summary>Gives all files of a folder a second place, whole or not at all; what is there already stays. Where the disk has no hard links, they are copied.</summary>
    /// <param name="from">The folder; what lies in folders below it stays out.</param>
    /// <param name="to">Where they appear.</param>
    /// <param name="isWanted">Which of them, by their names; null for all.</param>
    public static void CopyFolder(string from, string to, Func<string, bool>? isWanted = null)
    {
        if (Directory.Exists(to)) return;
        var parent = Path.GetDirectoryName(to)!;
        Directory.CreateDirectory(parent);
        var part = Path.Combine(parent, $".{Path.GetFileName(to)}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(part);
        try
        {
            foreach (var file in new DirectoryInfo(from).EnumerateFiles().Where(file => isWanted?.Invoke(file.Name) ?? true))
                if (!TryLink(file.FullName, Path.Combine(part, file.Name))) file.CopyTo(Path.Combine(part, file.Name));
            Directory.Move(part, to);
        }
        catch (IOException) when (Directory.Exists(to))
        {
            // Somebody else was quicker, with the same files.
        }
        finally
        {
            if (Directory.Exists(part)) Directory.Delete(part, recursive: true);
        }
    }

    private static bool TryLink(string from, string to)
    {
        try
        {
            return OperatingSystem.IsWindows() ? CreateHardLink(to, from, IntPtr.Zero) : Link(from, to) == 0;
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);

    [LibraryImport("kernel32.dll", EntryPoint = "CreateHardLinkW", StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateHardLink(string to, string from, IntPtr security);
}
