using System.Globalization;
using System.Text.Json;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.Rounds;
using RlhfHub.Training.Runs;
using RlhfHub.Web.Features.Models;

namespace RlhfHub.Web.Features.Rounds;

/// <summary>Lays out run folders, and takes their results.</summary>
internal sealed class RunFolders(DataFolder folder, RoundData data, ServedModels models)
{
    private const string AdapterConfig = "adapter_config.json";

    // The newest one is what is asked; the ones before may still be writing.
    private const int LiveKept = 3;

    // What only a trainer reads.
    private static readonly string[] NotServed = ["optimizer.safetensors", "value_head.safetensors", "value_optimizer.safetensors", "state.json", "manifest.json", "manifest.json.sha256"];

    /// <summary>The folder of a run, laid out whole: a folder is a run when its run.json is there, which is written last.</summary>
    /// <exception cref="Training.InvalidInputException">What was planned makes no run; the message says why.</exception>
    public async Task<RunFolder> LayOutAsync(PreparedRun run, CancellationToken cancellationToken)
    {
        var path = PathOf(run.Run.Id);
        if (File.Exists(Path.Combine(path, "run.json"))) return RunFolder.Open(path);
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);   // the site ended while it was laid out
        models.Install();
        var laid = RunFolder.Create(path);
        var files = await data.WriteAsync(run.Round.ProjectId, run.Run.Kind, run.Round.SnapshotId, run.Round.StartedAt ?? run.Round.CreatedAt, laid.DataFolder, cancellationToken);
        var options = run.Options.DeepClone().AsObject();
        if (run.Models.Reward is { } reward) options["reward_model_path"] = PathOf(reward.ServedName);
        var (baseModel, adapter) = run.Models.Start.Version switch
        {
            null => (run.Models.Start.BaseModel, null),
            { Method: null } whole => (whole.ServedName, null),
            var above => (above.BaseModel, above.ServedName),
        };
        new RunSpec
        {
            Kind = run.Run.Kind,
            BaseModel = PathOf(baseModel),
            Adapter = adapter is null ? null : PathOf(adapter),
            Options = options,
            Seed = run.Stage.Seed,
            Device = run.Stage.Device,
            DType = run.Stage.DType,
            Data = [.. files.Select(file => RunDataFile.Describe(laid, file.Name, file.Role))],
        }.Write(laid);
        return laid;
    }

    /// <summary>Puts a finished run's model where the site's own server finds it. Files are linked, not copied, where the disk can: nothing of a model is ever changed.</summary>
    /// <returns>What it left; null where that is figures alone.</returns>
    public RunResult? TakeResult(RunFolder run, Guid runId)
    {
        var metrics = JsonSerializer.Deserialize<Dictionary<string, double>>(File.ReadAllBytes(Path.Combine(run.OutputFolder, "metrics.json")), JsonText.Options) ?? [];
        var files = new DirectoryInfo(run.OutputFolder).GetFiles();
        var isAdapter = files.Any(file => file.Name == AdapterConfig);
        if (!isAdapter && !files.Any(file => file.Name == "config.json")) return null;
        var place = PathOf(ModelVersion.ServedNameOf(runId));
        FileLinks.CopyFolder(run.OutputFolder, place);
        var method = isAdapter ? (string?)RunSpec.Read(run).Options["peft_method"] ?? "adapter" : null;
        return new(runId, metrics.Where(metric => double.IsFinite(metric.Value)).ToDictionary(), method, files.Sum(file => file.Length));
    }

    /// <summary>The folder of a run; null where it is not laid out.</summary>
    public RunFolder? Find(Guid runId) => File.Exists(Path.Combine(PathOf(runId), "run.json")) ? RunFolder.Open(PathOf(runId)) : null;

    /// <summary>Puts a checkpoint where the site's own server finds it, as long as it is there.</summary>
    /// <returns>What the server calls it; null when the worker has deleted it already.</returns>
    public string? Serve(RunFolder run, Guid runId, CheckpointEvent checkpoint)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{ServedModels.Live}/{runId:N}/step-{checkpoint.Step}");
        try
        {
            FileLinks.CopyFolder(run.Resolve(checkpoint.Path), PathOf(name), file => !NotServed.Contains(file));
            foreach (var old in new DirectoryInfo(Path.GetDirectoryName(PathOf(name))!).GetDirectories("step-*").OrderByDescending(folder => folder.CreationTimeUtc).Skip(LiveKept)) old.Delete(recursive: true);
            return name;
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Takes a finished run's checkpoints away from the server; what they wrote stays.</summary>
    public void EndServing(Guid runId)
    {
        var place = PathOf($"{ServedModels.Live}/{runId:N}");
        if (Directory.Exists(place)) Directory.Delete(place, recursive: true);
    }

    /// <summary>The last line that a run's worker wrote.</summary>
    public static string LastWords(RunFolder run)
    {
        if (!File.Exists(run.WorkerLog)) return "none.";
        using var log = new FileStream(run.WorkerLog, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        log.Seek(-Math.Min(log.Length, 4096), SeekOrigin.End);
        using var reader = new StreamReader(log);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "none.";
    }

    private string PathOf(Guid runId) => Path.Combine(folder.Runs, runId.ToString("N"));

    private string PathOf(string servedName) => Path.Combine([models.Root, .. servedName.Split('/')]);
}
