using System.IO.Compression;
using System.Text.Json.Nodes;
using RlhfHub.Training.Data;
using RlhfHub.Training.Data.Formats;
using RlhfHub.Training.Runs;
using RlhfHub.Training.Trainers;

namespace RlhfHub.Training.Tests.Trainers;

/// <summary>Reward models of people's comparisons from the public hh-rlhf data set.</summary>
/// <param name="file">Its file of comparisons, compressed.</param>
/// <param name="folder">Where run folders go.</param>
internal sealed class RealPreferences(string file, string folder)
{
    /// <summary>Lines of the file in its order, one a prompt, no text longer than this.</summary>
    public string[] Lines(int maxCharacters)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        string[] lines = [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        return [.. DatasetFile.Read(file, Preference.Format).Zip(lines)
            .DistinctBy(item => item.First.PromptKey)
            .Select(item => item.Second)
            .Where(line => JsonNode.Parse(line)!.AsObject().All(field => ((string)field.Value!).Length <= maxCharacters))];
    }

    /// <summary>Trains a reward model, and measures it where there is something to measure it on.</summary>
    /// <returns>Its metrics.</returns>
    public IReadOnlyDictionary<string, double> Train(string name, string model, IEnumerable<string> train, IEnumerable<string> validation, JsonObject options) =>
        Execute(name, "reward", model, options, ("train", train), ("validation", validation));

    /// <summary>Measures a reward model that <see cref="Train"/> made.</summary>
    public IReadOnlyDictionary<string, double> Measure(string name, string trained, IEnumerable<string> lines) =>
        Execute(name, "evaluate", Path.Combine(folder, trained, "output"), new JsonObject { ["per_device_eval_batch_size"] = 32 }, ("validation", lines));

    private Dictionary<string, double> Execute(string name, string kind, string model, JsonObject options, params (string Role, IEnumerable<string> Lines)[] data)
    {
        var run = RunFolder.Create(Path.Combine(folder, name));
        var given = data.Where(part => part.Lines.Any()).ToArray();
        foreach (var (role, lines) in given) File.WriteAllLines(Path.Combine(run.DataFolder, $"{role}.jsonl"), lines);
        new RunSpec
        {
            Kind = kind,
            BaseModel = Path.GetFullPath(model),
            Options = options,
            Device = "cpu",
            DType = "float32",
            Data = [.. given.Select(part => RunDataFile.Describe(run, $"{part.Role}.jsonl", part.Role))],
        }.Write(run);
        if (!TrainingRun.Execute(run.Path, TimeProvider.System)) throw new InvalidOperationException($"{run.Path} was stopped.");
        return System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, double>>(File.ReadAllText(Path.Combine(run.OutputFolder, "metrics.json")))!;
    }
}
