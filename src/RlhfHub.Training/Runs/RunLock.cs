using Microsoft.Win32.SafeHandles;

namespace RlhfHub.Training.Runs;

/// <summary>
/// The right to work in a run folder: one process at a time. It ends when disposed and with the process, also when that is killed;
/// the file <c>lock</c> itself stays, since deleting it would let two hold it. Needs a file system with flock(2), which network ones may lack.
/// </summary>
public sealed class RunLock : IDisposable
{
    private readonly SafeFileHandle handle;

    private RunLock(RunFolder folder, SafeFileHandle handle, WorkerInfo worker)
    {
        Folder = folder;
        this.handle = handle;
        Worker = worker;
    }

    /// <summary>The folder that is held.</summary>
    public RunFolder Folder { get; }

    /// <summary>What worker.json says.</summary>
    public WorkerInfo Worker { get; private set; }

    /// <summary>Takes the folder for this process and writes worker.json.</summary>
    /// <exception cref="InvalidInputException">Another worker holds it; the message names it.</exception>
    public static RunLock Acquire(RunFolder folder, TimeProvider time)
    {
        var handle = FileLock.TryTakeAlone(folder.LockFile, FileLock.Patience) ?? throw new InvalidInputException(Refusal(folder));
        try
        {
            // The last worker's file goes at once: a refusal must never name a process that is long gone.
            File.Delete(folder.WorkerFile);
            var worker = new WorkerInfo { Pid = Environment.ProcessId, StartedAt = time.GetUtcNow().UtcDateTime, Host = Environment.MachineName };
            RunJson.Write(folder.WorkerFile, worker);
            return new RunLock(folder, handle, worker);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Whether a worker is alive in the folder.</summary>
    public static bool IsHeld(RunFolder folder)
    {
        if (!File.Exists(folder.LockFile)) return false;
        using var probe = FileLock.TryTakeShared(folder.LockFile, TimeSpan.Zero);
        return probe is null;
    }

    /// <summary>Adds to worker.json how the worker computes.</summary>
    public void Describe(MachineFacts machine)
    {
        Worker = Worker with { Machine = machine };
        RunJson.Write(Folder.WorkerFile, Worker);
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    private static string Refusal(RunFolder folder)
    {
        var holder = WorkerInfo.TryRead(folder) is { } worker
            ? $"process {worker.Pid} on {worker.Host}, which started at {worker.StartedAt:yyyy-MM-dd HH:mm:ss} UTC"
            : "another process, which has not written worker.json yet";
        return $"{folder.Path} is held by {holder}; only one worker may work in a run folder.";
    }
}
