using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace RlhfHub.Training.Runs;

/// <summary>What a worker is to do.</summary>
public enum RunWant
{
    /// <summary>Work.</summary>
    Run,

    /// <summary>Save, and wait without ending.</summary>
    Pause,

    /// <summary>Save and end.</summary>
    Stop,
}

/// <summary>
/// The contents of control.json: what the hub wants now. The request for a checkpoint stands beside <see cref="Want"/>, so that neither pausing nor going on loses it.
/// Only the hub writes it, from one place at a time; <see cref="RunControlReader"/> is the worker's side.
/// </summary>
public sealed record RunControl
{
    /// <summary>What the worker is to do.</summary>
    public RunWant Want { get; init; } = RunWant.Run;

    /// <summary>The request for one checkpoint: a new id asks for a new one. Null when none was ever asked for.</summary>
    [JsonPropertyName("checkpoint")]
    public string? CheckpointRequest { get; init; }

    /// <summary>Options that stand in for those of run.json when a worker starts: how a run that was paused for trouble goes on with other ones. Null for none.</summary>
    public JsonObject? Options { get; init; }

    /// <summary>Lets a run go on with other options from the next start of a worker; those that are not named stay.</summary>
    public static void SetOptions(RunFolder folder, JsonObject options) => RunJson.Write(folder.ControlFile, Read(folder) with { Options = options });

    /// <summary>What a worker is to do: run.json, with the options that were changed since.</summary>
    internal RunSpec Amend(RunSpec spec)
    {
        if (Options is null) return spec;
        var options = (JsonObject)spec.Options.DeepClone();
        foreach (var (name, value) in Options) options[name] = value?.DeepClone();
        return spec with { Options = options };
    }

    /// <summary>Asks the worker to run, pause or stop.</summary>
    public static void SetWant(RunFolder folder, RunWant want) => RunJson.Write(folder.ControlFile, Read(folder) with { Want = want });

    /// <summary>Asks for exactly one checkpoint and returns the request's id, which the checkpoint's event repeats. One that the worker has not seen yet is replaced: one checkpoint answers both.</summary>
    public static string RequestCheckpoint(RunFolder folder)
    {
        var request = Guid.CreateVersion7().ToString("N");
        RunJson.Write(folder.ControlFile, Read(folder) with { CheckpointRequest = request });
        return request;
    }

    /// <summary>What the file asks for now; the default where it is absent or makes no sense.</summary>
    public static RunControl Read(RunFolder folder) => TryRead(folder.ControlFile, out _) ?? new RunControl();

    /// <summary>The file's contents; null where it is absent or makes no sense, which <paramref name="problem"/> then says.</summary>
    internal static RunControl? TryRead(string file, out string? problem)
    {
        problem = null;
        try
        {
            return RunJson.Parse<RunControl>(File.ReadAllBytes(file), file);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (RunFolderException error)
        {
            problem = error.Message;
            return null;
        }
    }
}
