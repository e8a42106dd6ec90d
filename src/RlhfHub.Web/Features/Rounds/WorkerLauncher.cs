using System.Diagnostics;
using RlhfHub.Training.Runs;

namespace RlhfHub.Web.Features.Rounds;

/// <summary>Starts workers as processes of this machine: in a session of their own, so that neither Ctrl-C nor an end of the site ends them, and at low priority, so that pages come first.</summary>
internal sealed class WorkerLauncher(WorkerLocation worker)
{
    // $0 is the worker, $1 the run folder, $2 its log. Where a system has no setsid, a worker ends with the site and is started again with it.
    private const string Script = """
        if command -v setsid >/dev/null; then exec setsid nice -n 10 "$0" train --run "$1" </dev/null >>"$2" 2>&1; fi
        exec nice -n 10 "$0" train --run "$1" </dev/null >>"$2" 2>&1
        """;

    /// <exception cref="FileNotFoundException">There is no worker program.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">The system cannot start it.</exception>
    public Process Start(RunFolder folder)
    {
        if (!worker.IsThere) throw new FileNotFoundException($"The worker program is not at {worker.Path}.");
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo("cmd.exe", ["/d", "/s", "/c", $"\"\"{worker.Path}\" train --run \"{folder.Path}\" >>\"{folder.WorkerLog}\" 2>&1\""]) { CreateNoWindow = true }
            : new ProcessStartInfo("/bin/sh", ["-c", Script, worker.Path, folder.Path, folder.WorkerLog]);
        return Process.Start(start) ?? throw new InvalidOperationException("The system started no process.");
    }
}
