namespace RlhfHub.Training.Runs;

/// <summary>The contents of worker.json: who works, or last worked, in a run folder.</summary>
public sealed record WorkerInfo
{
    /// <summary>The process id on its host.</summary>
    public required int Pid { get; init; }

    /// <summary>When it took the run folder, UTC.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>The machine's name.</summary>
    public required string Host { get; init; }

    /// <summary>How it computes; null until the worker has chosen.</summary>
    public MachineFacts? Machine { get; init; }

    /// <summary>Reads worker.json; null when there is none.</summary>
    /// <exception cref="RunFolderException">The file is not what a worker writes.</exception>
    public static WorkerInfo? TryRead(RunFolder folder)
    {
        try
        {
            return RunJson.Parse<WorkerInfo>(File.ReadAllBytes(folder.WorkerFile), folder.WorkerFile);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
