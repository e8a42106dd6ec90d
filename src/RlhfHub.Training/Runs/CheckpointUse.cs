using Microsoft.Win32.SafeHandles;

namespace RlhfHub.Training.Runs;

/// <summary>Keeps a checkpoint from being pruned while it is loaded or served. It ends when disposed and with the process; any number of processes may use one checkpoint.</summary>
public sealed class CheckpointUse : IDisposable
{
    private readonly SafeFileHandle handle;

    private CheckpointUse(SafeFileHandle handle) => this.handle = handle;

    /// <summary>Starts using a checkpoint; null when it is gone or just being pruned.</summary>
    public static CheckpointUse? TryBegin(Checkpoint checkpoint)
    {
        if (!Directory.Exists(checkpoint.Path)) return null;
        var handle = FileLock.TryTakeShared(MarkerFile(checkpoint), FileLock.Patience);
        if (handle is null) return null;
        if (Directory.Exists(checkpoint.Path)) return new CheckpointUse(handle);
        handle.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    internal static string MarkerFile(Checkpoint checkpoint) => $"{checkpoint.Path}.in-use";
}
