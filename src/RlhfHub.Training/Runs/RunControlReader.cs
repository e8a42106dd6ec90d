namespace RlhfHub.Training.Runs;

/// <summary>
/// Looks at control.json, made to be asked every step: unless the file has changed that is one stat. An absent or half-written file changes nothing.
/// </summary>
/// <param name="folder">The run.</param>
/// <param name="time">The clock that file times are compared with.</param>
/// <param name="servedRequest">The last request that was served, from the manifest of the checkpoint that the run goes on from; null for a new run.</param>
public sealed class RunControlReader(RunFolder folder, TimeProvider time, string? servedRequest = null)
{
    /// <summary>Two writes within the file system's clock tick look alike, so a young file is read again.</summary>
    private static readonly TimeSpan Young = TimeSpan.FromSeconds(2);

    private readonly FileInfo file = new(folder.ControlFile);
    private RunControl current = new();
    private (DateTime WrittenAt, long SizeBytes) seen;
    private bool isSettled;

    /// <summary>The last request that <see cref="Poll"/> handed out or that was served before. It belongs into every manifest: that is how a resumed run knows.</summary>
    public string? ServedRequest { get; private set; } = servedRequest;

    /// <summary>Why the file as it stands cannot be understood; null when it can. What was wanted before still holds.</summary>
    public string? Problem { get; private set; }

    /// <summary>What the hub wants now. A request for a checkpoint is handed out once.</summary>
    public RunWish Poll()
    {
        Look();
        var request = current.CheckpointRequest == ServedRequest ? null : current.CheckpointRequest;
        ServedRequest = request ?? ServedRequest;
        return new RunWish(current.Want, request);
    }

    private void Look()
    {
        file.Refresh();
        if (!file.Exists) return;
        var now = (file.LastWriteTimeUtc, file.Length);
        if (isSettled && now == seen) return;
        var read = RunControl.TryRead(folder.ControlFile, out var problem);
        Problem = problem;
        current = read ?? current;
        seen = now;
        isSettled = read is not null && (time.GetUtcNow().UtcDateTime - now.LastWriteTimeUtc) > Young;
    }
}

/// <summary>What the hub wants.</summary>
/// <param name="Want">Run, pause or stop.</param>
/// <param name="CheckpointRequest">The id of a request to save now; null for none.</param>
public readonly record struct RunWish(RunWant Want, string? CheckpointRequest);
