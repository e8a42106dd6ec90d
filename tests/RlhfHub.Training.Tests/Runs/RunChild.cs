using System.Diagnostics;

namespace RlhfHub.Training.Tests.Runs;

/// <summary>Another process that runs one of <see cref="StartupHook"/>'s roles on a run folder, to be killed in the middle.</summary>
internal sealed class RunChild : IDisposable
{
    public const string RoleVariable = "RLHFHUB_TEST_ROLE";
    public const string FolderVariable = "RLHFHUB_TEST_RUN";

    private readonly Process process;

    private RunChild(Process process) => this.process = process;

    public int Id => process.Id;

    /// <summary>Starts the process and waits for its first line.</summary>
    public static RunChild Start(string role, string runFolder)
    {
        var assembly = typeof(RunChild).Assembly.Location;
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["exec", assembly])
        {
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_STARTUP_HOOKS"] = assembly, [RoleVariable] = role, [FolderVariable] = runFolder },
        };
        var child = new RunChild(Process.Start(start)!);
        var line = child.process.StandardOutput.ReadLine();
        if (line == "ready") return child;
        child.Dispose();
        throw new InvalidOperationException($"The child process said '{line}' instead of 'ready'.");
    }

    /// <summary>SIGKILL: the process runs no code of its own any more.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited) Kill();
        process.Dispose();
    }
}
