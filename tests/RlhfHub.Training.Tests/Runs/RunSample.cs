using RlhfHub.Training.Runs;

namespace RlhfHub.Training.Tests.Runs;

/// <summary>A small run in a folder of its own, with the lock held where a test needs it.</summary>
internal sealed class RunSample : IDisposable
{
    private readonly TemporaryFolder temporary = new();

    public RunSample()
    {
        Folder = RunFolder.Create(temporary["run"]);
        Spec = new RunSpec { Kind = "sft", BaseModel = "../models/starter" };
    }

    public RunFolder Folder { get; }

    public RunSpec Spec { get; set; }

    public string Elsewhere => temporary["elsewhere"];

    public static MachineFacts Machine { get; } = new() { Type = "x64 avx2", Device = "cpu", Threads = 2, DType = "float32", MicroBatch = 8 };

    /// <summary>Puts a data file in place, lists it, and writes run.json.</summary>
    public RunSample WithData(string path, string contents, string role = "train")
    {
        var file = Path.Combine(Folder.DataFolder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, contents);
        Spec = Spec with { Data = [.. Spec.Data, RunDataFile.Describe(Folder, path, role)] };
        Spec.Write(Folder);
        return this;
    }

    public RunLock Lock() => RunLock.Acquire(Folder, TimeProvider.System);

    /// <summary>Two files, one of them in a subfolder, whose bytes follow from the step.</summary>
    public static Action<string> Files(long step, int sizeBytes = 3000) => folder =>
    {
        var random = new Random((int)step);
        var bytes = new byte[sizeBytes];
        random.NextBytes(bytes);
        File.WriteAllBytes(Path.Combine(folder, "model.safetensors"), bytes);
        Directory.CreateDirectory(Path.Combine(folder, "optimizer"));
        File.WriteAllBytes(Path.Combine(folder, "optimizer", "state.safetensors"), bytes[..(sizeBytes / 3)]);
        new TrainingState { Step = step, Epoch = step / 100.0, Data = new DataPosition(0, step * 8, 7) }.Write(folder);
    };

    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories)) Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories)) File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }

    public void Dispose() => temporary.Dispose();
}

/// <summary>A clock that a test sets.</summary>
internal sealed class FixedTime(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
