using System.Globalization;

namespace RlhfHub.Training.Runs;

/// <summary>Where everything of one run lies. The contract is described in <c>docs/run-folder.md</c>.</summary>
public sealed class RunFolder
{
    private RunFolder(string path) => Path = path;

    /// <summary>The folder, as a full path.</summary>
    public string Path { get; }

    /// <summary>What is to be done: <see cref="RunSpec"/>.</summary>
    public string SpecFile => Below("run.json");

    /// <summary>The frozen inputs.</summary>
    public string DataFolder => Below("data");

    /// <summary>What the hub wants now: <see cref="RunControl"/>.</summary>
    public string ControlFile => Below("control.json");

    /// <summary>What the worker did: <see cref="EventLog"/> and <see cref="EventTail"/>.</summary>
    public string EventsFile => Below("events.jsonl");

    /// <summary>The folder of all checkpoints: <see cref="CheckpointStore"/>.</summary>
    public string CheckpointsFolder => Below("checkpoints");

    /// <summary>The finished model or adapter.</summary>
    public string OutputFolder => Below("output");

    /// <summary>Where the finished model is written, to be renamed when it is whole.</summary>
    internal string UnfinishedOutputFolder => Below(".writing-output");

    /// <summary>The file that a worker holds locked: <see cref="RunLock"/>.</summary>
    public string LockFile => Below("lock");

    /// <summary>Who holds the lock: <see cref="WorkerInfo"/>.</summary>
    public string WorkerFile => Below("worker.json");

    /// <summary>The worker's standard output and error.</summary>
    public string WorkerLog => Below("worker.log");

    /// <summary>The checkpoint made after a step.</summary>
    public string CheckpointFolder(long step) => System.IO.Path.Combine(CheckpointsFolder, CheckpointName(step));

    /// <summary>A path below the folder as the contract's files write it: relative, with forward slashes.</summary>
    public string Relative(string path) => System.IO.Path.GetRelativePath(Path, path).Replace('\\', '/');

    /// <summary>A path out of run.json as a full path: what is relative starts at the run folder.</summary>
    public string Resolve(string path) => System.IO.Path.GetFullPath(path, Path);

    /// <summary>The run in a folder.</summary>
    /// <exception cref="InvalidInputException">The folder is missing or holds no run.json.</exception>
    public static RunFolder Open(string path)
    {
        var folder = new RunFolder(System.IO.Path.GetFullPath(path));
        if (!Directory.Exists(folder.Path)) throw new InvalidInputException($"{folder.Path} was not found; expected a run folder.");
        if (!File.Exists(folder.SpecFile)) throw new InvalidInputException($"{folder.Path} is no run folder: it holds no run.json.");
        return folder;
    }

    /// <summary>Makes the folder of a new run. It becomes a run when its data are in place and <see cref="RunSpec.Write"/> has put run.json beside them.</summary>
    /// <exception cref="InvalidInputException">The folder exists and is not empty.</exception>
    public static RunFolder Create(string path)
    {
        var folder = new RunFolder(System.IO.Path.GetFullPath(path));
        if (File.Exists(folder.Path) || (Directory.Exists(folder.Path) && Directory.EnumerateFileSystemEntries(folder.Path).Any()))
            throw new InvalidInputException($"{folder.Path} is already in use; expected a new or empty folder for the run.");
        Directory.CreateDirectory(folder.DataFolder);
        Directory.CreateDirectory(folder.CheckpointsFolder);
        return folder;
    }

    internal static string CheckpointName(long step) => string.Create(CultureInfo.InvariantCulture, $"step-{step}");

    private string Below(string name) => System.IO.Path.Combine(Path, name);
}
