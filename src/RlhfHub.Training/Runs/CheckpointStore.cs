namespace RlhfHub.Training.Runs;

/// <summary>
/// Saves, finds and prunes the checkpoints of a run that this process holds. What stands under a final name is whole: it was written beside it, flushed, and renamed.
/// Readers in other processes use <see cref="Checkpoint.List"/> and <see cref="CheckpointUse"/>.
/// </summary>
public sealed class CheckpointStore
{
    // Names of what is not a checkpoint yet or no longer; a crash leaves these behind, and opening tidies them up.
    private const string SavingPrefix = ".saving-";
    private const string PrunedPrefix = ".pruned-";
    private const string ReplacedPrefix = ".replaced-";

    private readonly RunFolder folder;
    private readonly HashSet<long> damagedSteps = [];

    private CheckpointStore(RunFolder folder) => this.folder = folder;

    /// <summary>Called after each stage of a save: a test sees what a kill at that moment leaves behind.</summary>
    internal Action<SaveStage>? AfterStage { get; set; }

    /// <summary>Opens the checkpoints and removes what crashed saves left.</summary>
    public static CheckpointStore Open(RunLock held)
    {
        Directory.CreateDirectory(held.Folder.CheckpointsFolder);
        var store = new CheckpointStore(held.Folder);
        store.TidyUp();
        return store;
    }

    /// <summary>Saves a checkpoint; one that stands under this step already is replaced.</summary>
    /// <param name="step">The step after which it is made.</param>
    /// <param name="machine">How the run computes.</param>
    /// <param name="write">Writes all files into the folder that it is given, subfolders included.</param>
    /// <param name="servedRequest"><see cref="RunControlReader.ServedRequest"/>.</param>
    /// <exception cref="IOException">The disk is full or failed; nothing of the checkpoint stays, and what stood there before is untouched.</exception>
    public Checkpoint Save(long step, MachineFacts machine, Action<string> write, string? servedRequest = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        var saving = Temporary(SavingPrefix, step);
        try
        {
            Directory.CreateDirectory(saving);
            AfterStage?.Invoke(SaveStage.FolderMade);
            write(saving);
            AfterStage?.Invoke(SaveStage.FilesWritten);
            CheckpointManifest.Describe(saving, step, machine, servedRequest).Write(saving);
            AfterStage?.Invoke(SaveStage.ManifestWritten);
            DiskFlush.OfAllIn(saving);
            AfterStage?.Invoke(SaveStage.Flushed);
            MoveIntoPlace(saving, step);
            AfterStage?.Invoke(SaveStage.Renamed);
        }
        catch (IOException error)
        {
            throw new IOException($"{folder.CheckpointFolder(step)} could not be saved: {error.Message.TrimEnd('.')}; what was saved before is whole, and the run goes on from there when it is started again.", error);
        }
        finally
        {
            DeleteIfThere(saving);
        }
        damagedSteps.Remove(step);
        return new Checkpoint(step, folder.CheckpointFolder(step));
    }

    /// <summary>The newest checkpoint whose every byte is as it was written, and the newer ones that were passed over.</summary>
    public CheckpointSearch FindNewestWhole()
    {
        var search = Checkpoint.FindNewestWhole(folder);
        damagedSteps.UnionWith(search.PassedOver.Select(damaged => damaged.Checkpoint.Step));
        return search;
    }

    /// <summary>Deletes what the policy does not keep and what <see cref="FindNewestWhole"/> found damaged; returns what was deleted.</summary>
    /// <param name="policy">What stays.</param>
    /// <param name="stepsInUse">Steps that must stay besides those that <see cref="CheckpointUse"/> marks; such as the best one so far.</param>
    public IReadOnlyList<Checkpoint> Prune(PrunePolicy policy, IReadOnlySet<long>? stepsInUse = null)
    {
        var all = Checkpoint.List(folder);
        var damaged = all.Where(checkpoint => damagedSteps.Contains(checkpoint.Step)).ToList();
        var surplus = damaged.Concat(policy.Surplus([.. all.Except(damaged)]));
        var deleted = surplus.Where(checkpoint => stepsInUse?.Contains(checkpoint.Step) != true && TryDelete(checkpoint)).ToList();
        damagedSteps.ExceptWith(deleted.Select(checkpoint => checkpoint.Step));
        return deleted;
    }

    /// <summary>Renames the checkpoints after a step to <c>doubtful-step-N</c>: nothing goes on from them any more, and nothing is lost.</summary>
    /// <param name="step">The newest step that may be gone on from.</param>
    public void SetAsideAfter(long step)
    {
        foreach (var checkpoint in Checkpoint.List(folder).Where(checkpoint => checkpoint.Step > step))
        {
            var aside = Path.Combine(folder.CheckpointsFolder, $"doubtful-{Path.GetFileName(checkpoint.Path)}");
            DeleteIfThere(aside);
            Directory.Move(checkpoint.Path, aside);
        }
        DiskFlush.OfFolder(folder.CheckpointsFolder);
    }

    private bool TryDelete(Checkpoint checkpoint)
    {
        var marker = CheckpointUse.MarkerFile(checkpoint);
        var pruned = Temporary(PrunedPrefix, checkpoint.Step);
        using (var alone = FileLock.TryTakeAlone(marker, TimeSpan.Zero))
        {
            if (alone is null) return false;
            Directory.Move(checkpoint.Path, pruned);
        }
        // A reader that opened the marker meanwhile finds no folder and gives up.
        File.Delete(marker);
        DeleteIfThere(pruned);
        return true;
    }

    private void MoveIntoPlace(string saving, long step)
    {
        var final = folder.CheckpointFolder(step);
        var replaced = Temporary(ReplacedPrefix, step);
        if (Directory.Exists(final)) Directory.Move(final, replaced);
        AfterStage?.Invoke(SaveStage.OldMovedAway);
        Directory.Move(saving, final);
        DiskFlush.OfFolder(folder.CheckpointsFolder);
        DeleteIfThere(replaced);
    }

    private void TidyUp()
    {
        foreach (var path in Directory.GetDirectories(folder.CheckpointsFolder, ReplacedPrefix + "*"))
        {
            // Killed between the two renames: what was there before goes back to its place.
            var final = Path.Combine(folder.CheckpointsFolder, Path.GetFileName(path)[ReplacedPrefix.Length..].Split('.')[0]);
            if (!Directory.Exists(final)) Directory.Move(path, final);
        }
        foreach (var prefix in new[] { SavingPrefix, PrunedPrefix, ReplacedPrefix })
            foreach (var path in Directory.GetDirectories(folder.CheckpointsFolder, prefix + "*")) DeleteIfThere(path);
        foreach (var marker in Directory.GetFiles(folder.CheckpointsFolder, "step-*.in-use"))
            if (!Directory.Exists(Path.ChangeExtension(marker, null))) File.Delete(marker);
    }

    private string Temporary(string prefix, long step) => Path.Combine(folder.CheckpointsFolder, $"{prefix}{RunFolder.CheckpointName(step)}.{Guid.NewGuid():N}");

    private static void DeleteIfThere(string path)
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
    }
}

/// <summary>How far a save has come.</summary>
internal enum SaveStage
{
    FolderMade,
    FilesWritten,
    ManifestWritten,
    Flushed,
    OldMovedAway,
    Renamed,
}
