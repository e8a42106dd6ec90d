using System.CommandLine;
using RlhfHub.Training;
using RlhfHub.Training.Models;
using RlhfHub.Training.Peft;

namespace RlhfHub.Worker.Verbs;

/// <summary><c>merge</c>: an adapter and its base model become a plain model folder.</summary>
internal static class MergeVerb
{
    public static Command Create(VerbConsole console)
    {
        var model = new ModelOptions();
        model.Adapter.Required = true;
        var output = new Option<string>("--output") { Description = "The folder to write; it must not exist, or be empty.", HelpName = "DIR", Required = true };
        var json = ModelOptions.Json();
        var command = new Command("merge", "Writes a plain model folder that has learned what an adapter learned.");
        model.AddTo(command);
        command.Options.Add(output);
        command.Options.Add(json);
        command.SetAction(parsed =>
        {
            var target = parsed.GetRequiredValue(output);
            if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
                throw new InvalidInputException($"--output {target} is there already; expected a new or an empty folder.");
            var (folder, device, dtype) = model.Prepare(parsed, rows: 1);
            using LanguageModel whole = ModelConfig.Load(folder).IsClassifier ? ModelFolder.LoadClassifier(folder, device, dtype) : ModelFolder.LoadCausal(folder, device, dtype);
            using var adapter = PeftMethods.Load(whole, parsed.GetValue(model.Adapter)!);
            adapter.Merge();
            ModelFolder.Save(whole, target, companionsFrom: folder);
            if (parsed.GetValue(json)) console.WriteJson(new { output = Path.GetFullPath(target) });
            else console.Output.WriteLine($"The merged model is in {target}.");
            return WorkerCommandLine.Success;
        });
        return command;
    }
}
