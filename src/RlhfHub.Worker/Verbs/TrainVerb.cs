using System.CommandLine;
using RlhfHub.Training.Devices;
using RlhfHub.Training.Trainers;

namespace RlhfHub.Worker.Verbs;

/// <summary><c>train</c>: runs or resumes a run folder.</summary>
internal static class TrainVerb
{
    public static Command Create(VerbConsole console)
    {
        var run = new Option<string>("--run") { Description = "The run folder: run.json and data/.", HelpName = "DIR", Required = true };
        var json = ModelOptions.Json();
        var command = new Command("train", "Trains what a run folder asks for, or goes on from its newest whole checkpoint.") { run, json };
        command.SetAction(parsed =>
        {
            TorchLibrary.Load();
            var isComplete = TrainingRun.Execute(parsed.GetRequiredValue(run), TimeProvider.System, console.ShowsProgress && !parsed.GetValue(json) ? new TrainingProgress(console.Error).Show : null);
            if (parsed.GetValue(json)) console.WriteJson(new { run = parsed.GetRequiredValue(run), state = isComplete ? "completed" : "stopped" });
            else console.Output.WriteLine(isComplete ? $"Done: the result is in {Path.Combine(parsed.GetRequiredValue(run), "output")}." : "Stopped; the same command goes on.");
            return WorkerCommandLine.Success;
        });
        return command;
    }
}
