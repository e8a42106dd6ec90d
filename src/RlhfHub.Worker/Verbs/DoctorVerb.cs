using System.CommandLine;
using RlhfHub.Training.Devices;

namespace RlhfHub.Worker.Verbs;

/// <summary><c>doctor</c>: what this machine offers, what is wrong and how to mend it.</summary>
internal static class DoctorVerb
{
    public static Command Create(VerbConsole console)
    {
        var json = ModelOptions.Json();
        var command = new Command("doctor", "Says what this machine offers for training, what is wrong and how to mend it.") { json };
        command.SetAction(parsed =>
        {
            var report = DoctorReport.Make();
            if (parsed.GetValue(json)) console.WriteJson(report);
            else Print(report, console.Output);
            return report.Problems.Count == 0 ? WorkerCommandLine.Success : WorkerCommandLine.BadInput;
        });
        return command;
    }

    private static void Print(DoctorReport report, TextWriter output)
    {
        void Row(string what, string value) => output.WriteLine($"{what,-12} {value}");
        Row("system", report.System);
        Row("runtime", report.Runtime);
        Row("libtorch", report.Libtorch);
        Row("device", report.Device);
        foreach (var gpu in report.Gpus) Row("", gpu);
        Row("cuda", report.Cuda);
        Row("threads", $"{report.Threads} of {report.Cores} cores");
        Row("memory", $"{report.MemoryGiB:0.0} GiB");
        Row("vectors", report.Vectors);
        Row("bfloat16", report.BFloat16);
        output.WriteLine();
        foreach (var problem in report.Problems) output.WriteLine($"! {problem}");
        foreach (var hint in report.Hints) output.WriteLine($"- {hint}");
        if (report.Problems.Count == 0) output.WriteLine("All is well.");
    }
}
