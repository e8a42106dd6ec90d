using System.CommandLine;
using System.Diagnostics;

namespace RlhfHub.Bench;

/// <summary>A step of a benchmark in a process of its own: what it takes of memory is nobody else's.</summary>
internal static class ChildStep
{
    /// <summary>A hidden subcommand that takes words.</summary>
    public static Command Command(string name, Action<string[]> run)
    {
        var words = new Argument<string[]>("words") { Arity = ArgumentArity.ZeroOrMore };
        var command = new Command(name) { words };
        command.Hidden = true;
        command.SetAction(parsed => run(parsed.GetValue(words)!));
        return command;
    }

    /// <summary>Runs a step of a benchmark; what it prints is returned.</summary>
    public static string Run(string benchmark, string step, params string[] words)
    {
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [benchmark, step, .. words]) { RedirectStandardOutput = true })!;
        var output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return child.ExitCode == 0 ? output : throw new InvalidOperationException($"{benchmark} {step} failed with exit code {child.ExitCode}.");
    }

    /// <summary>Bytes of memory of this process, by a field of /proc/self/status: VmRSS now, VmHWM at most.</summary>
    public static long Memory(string field) =>
        long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith(field + ":", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
}
