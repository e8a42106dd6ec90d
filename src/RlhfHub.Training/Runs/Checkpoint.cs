using System.Globalization;
using System.Text.RegularExpressions;

namespace RlhfHub.Training.Runs;

/// <summary>A checkpoint under its final name.</summary>
/// <param name="Step">The step after which it was made.</param>
/// <param name="Path">Its folder, as a full path.</param>
public sealed partial record Checkpoint(long Step, string Path)
{
    /// <summary>All checkpoints of a run, oldest first, whole or not.</summary>
    public static IReadOnlyList<Checkpoint> List(RunFolder folder) =>
        Directory.Exists(folder.CheckpointsFolder)
            ? [.. Directory.EnumerateDirectories(folder.CheckpointsFolder).Select(TryNamed).OfType<Checkpoint>().OrderBy(checkpoint => checkpoint.Step)]
            : [];

    /// <summary>The newest checkpoint whose every byte is as it was written, and the newer ones that were passed over.</summary>
    public static CheckpointSearch FindNewestWhole(RunFolder folder)
    {
        var passedOver = new List<DamagedCheckpoint>();
        foreach (var checkpoint in List(folder).Reverse())
        {
            if (checkpoint.FindDamage() is not { } damage) return new CheckpointSearch(checkpoint, passedOver);
            passedOver.Add(new DamagedCheckpoint(checkpoint, damage));
        }
        return new CheckpointSearch(null, passedOver);
    }

    /// <summary>What the manifest says, which is checked against its own hash.</summary>
    /// <exception cref="RunFolderException">It is missing or changed.</exception>
    public CheckpointManifest ReadManifest() => CheckpointManifest.Read(this);

    /// <summary>What is wrong, as a sentence; null when the manifest and all files are as they were written. Reads every byte.</summary>
    public string? FindDamage()
    {
        try
        {
            return ReadManifest().FindDamage(Path);
        }
        catch (Exception error) when (error is RunFolderException or IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }

    private static Checkpoint? TryNamed(string path) =>
        NameForm().Match(System.IO.Path.GetFileName(path)) is { Success: true } match
        && long.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            ? new Checkpoint(step, path)
            : null;

    [GeneratedRegex(@"\Astep-(0|[1-9][0-9]*)\z")]
    private static partial Regex NameForm();
}

/// <summary>What to go on from.</summary>
/// <param name="Newest">The newest whole checkpoint; null when the run begins anew.</param>
/// <param name="PassedOver">Newer ones that are damaged, newest first.</param>
public sealed record CheckpointSearch(Checkpoint? Newest, IReadOnlyList<DamagedCheckpoint> PassedOver);

/// <summary>A checkpoint that cannot be used.</summary>
/// <param name="Checkpoint">Which.</param>
/// <param name="Damage">What is wrong with it, as a sentence.</param>
public sealed record DamagedCheckpoint(Checkpoint Checkpoint, string Damage);
