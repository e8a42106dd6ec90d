using System.Runtime.InteropServices;

namespace RlhfHub.Training.Devices;

/// <summary>Settings that native libraries read from the environment when they are first used.</summary>
internal static partial class NativeEnvironment
{
    /// <summary>Sets a variable on Linux unless the environment already has it. To be called before the library that reads it is loaded.</summary>
    // .NET keeps its own copy of the environment; native libraries read the C library's.
    public static void SetDefault(string name, string value) => _ = Set(name, value, 0);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Set(string name, string value, int overwrite);
}
