using System.Runtime.InteropServices;

namespace RlhfHub.Training.Devices;

/// <summary>Loads the native libtorch. Call <see cref="Load"/> once, before anything touches <c>torch</c>.</summary>
public static class TorchLibrary
{
    private static readonly Lock Gate = new();
    private static bool isLoaded;

    /// <summary>Loads libtorch from beside the application. Later calls do nothing.</summary>
    /// <exception cref="TorchUnavailableException">The native files are absent or the system cannot load them; the message says how to mend it.</exception>
    public static void Load()
    {
        lock (Gate)
        {
            if (isLoaded) return;
            if (OperatingSystem.IsLinux())
            {
                OpenMpPatience.Limit();
                OneDnnCache.Limit();
                NativeHeap.Tune();
            }
            LoadNative(FindBridge());
            isLoaded = true;
        }
    }

    private static string BridgeName =>
        OperatingSystem.IsWindows() ? "LibTorchSharp.dll" : OperatingSystem.IsMacOS() ? "libLibTorchSharp.dylib" : "libLibTorchSharp.so";

    /// <summary>Where the native files may lie: in a published folder beside the application, in a built one below <c>runtimes</c>.</summary>
    internal static IReadOnlyList<string> Folders { get; } =
        [AppContext.BaseDirectory, .. new[] { RuntimeInformation.RuntimeIdentifier, PortableRid }.Distinct().Select(rid => Path.Combine(AppContext.BaseDirectory, "runtimes", rid, "native"))];

    private static string FindBridge() =>
        Folders.Select(folder => Path.Combine(folder, BridgeName)).FirstOrDefault(File.Exists)
            ?? throw new TorchUnavailableException($"{BridgeName} was not found beside {AppContext.BaseDirectory}; rebuild the project so that the libtorch package is restored.");

    private static string PortableRid =>
        (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux") + "-" + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    private static void LoadNative(string bridge)
    {
        try
        {
            try
            {
                NativeLibrary.Load(bridge);
            }
            catch (DllNotFoundException error) when (OperatingSystem.IsLinux() && error.Message.Contains(GlibcxxCompatibility.MissingVersion, StringComparison.Ordinal))
            {
                // The handle stays open, so TorchSharp's own probing finds the library by its name and never looks at the original.
                NativeLibrary.Load(GlibcxxCompatibility.PatchedCopy(bridge));
            }
        }
        catch (DllNotFoundException error)
        {
            // The loader's own words are the lines after .NET's advice.
            var reason = error.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1];
            throw new TorchUnavailableException($"libtorch could not be loaded from {Path.GetDirectoryName(bridge)}: {reason}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TorchUnavailableException($"libtorch needs a copy of one of its files here, which could not be made: {error.Message} Set RLHFHUB_DATA to a folder that can be written.", error);
        }
    }
}

/// <summary>libtorch is not there or cannot be loaded on this machine.</summary>
public sealed class TorchUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
