using RlhfHub.Training.Runs;
using RlhfHub.Training.Serving;

namespace RlhfHub.Worker.Serving.Engine;

/// <summary>A base model or an adapter in memory, or on its way there. The pool's gate guards it.</summary>
internal abstract class LoadedWeights(string folder, DateTime changedAt)
{
    private CheckpointUse? use;

    public string Folder => folder;

    public DateTime ChangedAt => changedAt;

    public long SizeBytes { get; set; }

    /// <summary>Callers who have it.</summary>
    public int Users { get; private set; }

    /// <summary>Ticks of the clock when somebody last came or went.</summary>
    public long LastUsed { get; private set; }

    /// <summary>Whether new callers get something else; it goes with its last user.</summary>
    public bool IsRetired { get; set; }

    /// <summary>What the engine may have a batch of.</summary>
    public abstract IEnumerable<HostedVariant> Variants { get; }

    public void Enter()
    {
        Users++;
        LastUsed = Environment.TickCount64;
    }

    public void Leave()
    {
        Users--;
        LastUsed = Environment.TickCount64;
    }

    /// <summary>Keeps a checkpoint of a run from being pruned.</summary>
    public void Hold()
    {
        var run = Path.GetDirectoryName(Path.GetDirectoryName(folder));
        var checkpoint = run is not null && File.Exists(Path.Combine(run, "run.json")) ? Checkpoint.List(RunFolder.Open(run)).FirstOrDefault(one => one.Path == folder) : null;
        use = checkpoint is null ? null : CheckpointUse.TryBegin(checkpoint);
    }

    public void LetGo()
    {
        use?.Dispose();
        use = null;
        SizeBytes = 0;
    }

    /// <summary>On the engine's thread: frees the weights.</summary>
    public abstract void Release();
}

/// <inheritdoc/>
internal sealed class LoadedBase(string folder, DateTime changedAt) : LoadedWeights(folder, changedAt)
{
    /// <summary>Null until it is loaded.</summary>
    public HostedModel? Host { get; set; }

    /// <summary>The adapters that new callers get, by folder.</summary>
    public Dictionary<string, LoadedAdapter> Adapters { get; } = [];

    public override IEnumerable<HostedVariant> Variants => Host is { } host ? [host.Plain] : [];

    public override void Release()
    {
        Host?.Dispose();
        Host = null;
        LetGo();
    }
}

/// <inheritdoc/>
internal sealed class LoadedAdapter(LoadedBase owner, string folder, DateTime changedAt) : LoadedWeights(folder, changedAt)
{
    public LoadedBase Owner => owner;

    public HostedVariant Variant { get; set; } = null!;   // until it is attached, nobody has it

    public override IEnumerable<HostedVariant> Variants => [Variant];

    public override void Release()
    {
        Variant.Host.Detach(Variant);
        LetGo();
    }
}
