using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using RlhfHub.Training.Devices;
using RlhfHub.Training.Runs;
using RlhfHub.Training.Simulation.Starter;

namespace RlhfHub.Worker.Verbs;

/// <summary><c>starter</c>: makes the starter model again.</summary>
internal static class StarterVerb
{
    public static Command Create(VerbConsole console)
    {
        var defaults = new StarterOptions();
        var output = new Option<string>("--output") { Description = "Where the model goes; what is there is replaced at the end.", HelpName = "DIR", Required = true };
        var work = new Option<string?>("--work") { Description = "Where text and checkpoints lie meanwhile; OUTPUT.work by default. Given again, the training goes on.", HelpName = "DIR" };
        var seed = new Option<long>("--seed") { Description = "Another seed writes another text and makes another model.", HelpName = "N", DefaultValueFactory = _ => defaults.Seed };
        var characters = new Option<long>("--characters") { Description = "Length of the training text.", HelpName = "N", DefaultValueFactory = _ => defaults.Characters };
        var command = new Command("starter", "Makes the starter model: writes its text, trains it from random weights, judges it. Takes most of an hour on two cores.") { output, work, seed, characters };
        command.SetAction(parsed =>
        {
            var options = RunOptions.Bind<StarterOptions>(new JsonObject { ["seed"] = parsed.GetValue(seed), ["characters"] = parsed.GetValue(characters) }, command.Name);
            TorchLibrary.Load();
            var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(parsed.GetRequiredValue(output)));
            var maker = new StarterMaker(options, parsed.GetValue(work) ?? folder + ".work", TimeProvider.System);
            var figures = maker.Make(folder, console.ShowsProgress ? new TrainingProgress(console.Error).Show : null, console.Error.WriteLine);
            if (figures is null)
            {
                console.Output.WriteLine("Stopped; the same command goes on.");
                return WorkerCommandLine.Success;
            }
            var acceptable = figures.Replies.Acceptable;
            console.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"Done: {folder}, {figures.Parameters / 1e6:0.00} million parameters. Of {acceptable.Count} replies to held-out prompts {100 * acceptable.Rate:0.0} % are on topic and well formed ({100 * acceptable.Low:0.0} to {100 * acceptable.High:0.0} %)."));
            return WorkerCommandLine.Success;
        });
        return command;
    }
}
