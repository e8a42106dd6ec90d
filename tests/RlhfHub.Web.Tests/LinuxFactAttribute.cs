namespace RlhfHub.Web.Tests;

/// <summary>A fact that looks into /proc, and is skipped with the reason elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "The memory map of a process is read from /proc, which only Linux has.";
}
