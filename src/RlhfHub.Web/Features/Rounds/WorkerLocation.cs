using System.Reflection;

namespace RlhfHub.Web.Features.Rounds;

/// <summary>Where the worker's program is, and who said so. The site starts it as a process of its own and never loads it.</summary>
public sealed record WorkerLocation(string Path, WorkerSource Source)
{
    /// <summary>Where the build that made this site put the worker.</summary>
    public static string? BuiltPath { get; } =
        typeof(WorkerLocation).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().SingleOrDefault(item => item.Key == "WorkerPath")?.Value;

    public bool IsThere => File.Exists(Path);

    private static string FileName => OperatingSystem.IsWindows() ? "rlhfhub-worker.exe" : "rlhfhub-worker";

    /// <summary>The setting <c>Worker:Path</c> (a file, or the folder that holds it); else <c>worker/</c> beside the site, as a published one has it; else the build's output.</summary>
    public static WorkerLocation Find(string? setting, string siteFolder, string? builtPath)
    {
        // A setting holds even when it is wrong: falling back quietly would run another worker than the one asked for.
        if (!string.IsNullOrWhiteSpace(setting)) return new(InFolder(System.IO.Path.GetFullPath(setting.Trim())), WorkerSource.Setting);

        var beside = System.IO.Path.Combine(siteFolder, "worker", FileName);
        return File.Exists(beside) || !File.Exists(builtPath) ? new(beside, WorkerSource.BesideTheSite) : new(System.IO.Path.GetFullPath(builtPath), WorkerSource.Build);
    }

    private static string InFolder(string path) => Directory.Exists(path) ? System.IO.Path.Combine(path, FileName) : path;
}

/// <summary>Which of the three places the worker was found in.</summary>
public enum WorkerSource
{
    Setting,
    BesideTheSite,
    Build,
}
