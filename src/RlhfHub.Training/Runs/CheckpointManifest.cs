using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace RlhfHub.Training.Runs;

/// <summary>The contents of a checkpoint's manifest.json: every file with size and hash, and where it was made. Its own hash stands beside it in manifest.json.sha256, as sha256sum writes it.</summary>
public sealed record CheckpointManifest
{
    private const string FileName = "manifest.json";
    private const string HashFileName = "manifest.json.sha256";

    /// <summary>The version of the contract.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>The step after which the checkpoint was made.</summary>
    public required long Step { get; init; }

    /// <summary>How the run computed: what a resume must reuse to go on bit for bit.</summary>
    public required MachineFacts Machine { get; init; }

    /// <summary>The hub's last request for a checkpoint that was served by then, see <see cref="RunControlReader"/>.</summary>
    [JsonPropertyName("request")]
    public string? ServedRequest { get; init; }

    /// <summary>All files but the manifest, by path.</summary>
    public required IReadOnlyList<CheckpointFile> Files { get; init; }

    /// <summary>Lists and hashes the files of a folder.</summary>
    /// <exception cref="RunFolderException">The folder holds a link.</exception>
    internal static CheckpointManifest Describe(string folder, long step, MachineFacts machine, string? servedRequest) => new()
    {
        SchemaVersion = RunSpec.CurrentSchemaVersion,
        Step = step,
        Machine = machine,
        ServedRequest = servedRequest,
        Files = [.. ListFiles(folder).Select(path => CheckpointFile.Measure(folder, path))],
    };

    internal void Write(string folder)
    {
        var bytes = RunJson.ToBytes(this);
        File.WriteAllBytes(Path.Combine(folder, FileName), bytes);
        File.WriteAllText(Path.Combine(folder, HashFileName), $"{Hash(bytes)}  {FileName}\n");
    }

    internal static CheckpointManifest Read(Checkpoint checkpoint)
    {
        var file = Path.Combine(checkpoint.Path, FileName);
        var hashFile = Path.Combine(checkpoint.Path, HashFileName);
        if (!File.Exists(file)) throw new RunFolderException($"{file} is missing.");
        if (!File.Exists(hashFile)) throw new RunFolderException($"{hashFile} is missing.");
        var bytes = File.ReadAllBytes(file);
        if (File.ReadAllText(hashFile) != $"{Hash(bytes)}  {FileName}\n") throw new RunFolderException($"{file} was changed: its SHA-256 is not the one in {HashFileName}.");
        var manifest = RunJson.Parse<CheckpointManifest>(bytes, file);
        if (manifest.SchemaVersion != RunSpec.CurrentSchemaVersion)
            throw new RunFolderException($"{file}: 'schemaVersion' is {manifest.SchemaVersion}; this version of RlhfHub reads {RunSpec.CurrentSchemaVersion}.");
        if (manifest.Step != checkpoint.Step) throw new RunFolderException($"{file}: 'step' is {manifest.Step}; the folder's name says {checkpoint.Step}.");
        return manifest;
    }

    internal string? FindDamage(string folder)
    {
        var there = ListFiles(folder).ToHashSet();
        foreach (var file in Files)
        {
            var path = Path.Combine(folder, file.Path);
            // Only what was found inside the folder is opened: a path that leads out of it is in no list of its files.
            if (!there.Remove(file.Path)) return $"{path} is missing.";
            var sizeBytes = new FileInfo(path).Length;
            if (sizeBytes != file.SizeBytes) return $"{path} has {sizeBytes} bytes; the manifest says {file.SizeBytes}.";
            if (CheckpointFile.Measure(folder, file.Path).Sha256 != file.Sha256) return $"{path} was changed: its SHA-256 is not the manifest's.";
        }
        return there.Order(StringComparer.Ordinal).FirstOrDefault() is { } stranger ? $"{Path.Combine(folder, stranger)} is not in the manifest." : null;
    }

    private static IEnumerable<string> ListFiles(string folder)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).OrderBy(entry => entry.FullName, StringComparer.Ordinal))
        {
            if (entry.LinkTarget is not null) throw new RunFolderException($"{entry.FullName} is a link; expected files only.");
            var path = Path.GetRelativePath(folder, entry.FullName).Replace('\\', '/');
            if (entry is FileInfo && path is not (FileName or HashFileName)) yield return path;
        }
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}

/// <summary>One file of a checkpoint.</summary>
/// <param name="Path">Relative to the checkpoint, with forward slashes.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
public sealed record CheckpointFile(string Path, long SizeBytes, string Sha256)
{
    internal static CheckpointFile Measure(string folder, string path)
    {
        using var stream = new FileStream(System.IO.Path.Combine(folder, path), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 17);
        return new CheckpointFile(path, stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }
}
