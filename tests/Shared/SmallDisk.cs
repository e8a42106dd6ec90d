using System.Diagnostics;

namespace RlhfHub.Tests.Shared;

/// <summary>A small file system in memory, gone with the test. Mounting one takes root on Linux.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder mountPoint = new();

    public SmallDisk(int sizeKilobytes = 1024)
    {
        if (!Run("mount", "-t", "tmpfs", "-o", $"size={sizeKilobytes}k", "tmpfs", mountPoint.Path)) throw new InvalidOperationException("A tmpfs could not be mounted.");
    }

    public static bool IsPossible { get; } = Try();

    public string this[string name] => mountPoint[name];

    public void Dispose()
    {
        Run("umount", "-l", mountPoint.Path);
        mountPoint.Dispose();
    }

    private static bool Try()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return false;
        using var probe = new TemporaryFolder();
        return Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", probe.Path) && Run("umount", probe.Path);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}

/// <summary>A fact that needs <see cref="SmallDisk"/>, and is skipped with the reason where none can be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute() => Skip = SmallDisk.IsPossible ? null : "No small file system can be mounted here; run the tests as root on Linux for this one.";
}
