using System.Globalization;
using static TorchSharp.torch;

namespace RlhfHub.Training.Models.Safetensors;

/// <summary>Writes the weights of a Hugging Face folder: one file, or shards and their index when they are too large for one.</summary>
public static class SafetensorsFolderWriter
{
    /// <summary>The largest file unless another is asked for: 5 GB, as in transformers.</summary>
    public const long DefaultMaxShardBytes = 5_000_000_000;

    /// <summary>
    /// Writes the tensors, in their order, filling one file after the other. The index is written last: with it the folder becomes complete.
    /// </summary>
    /// <param name="folder">An existing folder that holds no weights under this stem yet.</param>
    /// <param name="tensors">Names and tensors, as for <see cref="SafetensorsWriter.Write"/>.</param>
    /// <param name="maxShardBytes">The most bytes of tensors in one file; a single tensor may exceed it.</param>
    /// <param name="metadata">Texts for each file; <c>format</c>: <c>pt</c> is added, because transformers asks for it.</param>
    /// <param name="stem">The files' name before the extension.</param>
    /// <exception cref="ArgumentException">A name is there twice or reserved, or a tensor has a type or layout that the format lacks.</exception>
    /// <exception cref="IOException">The folder already holds one of the files, or one could not be written; what this call wrote is removed again.</exception>
    public static void Write(
        string folder, IReadOnlyList<KeyValuePair<string, Tensor>> tensors, long maxShardBytes = DefaultMaxShardBytes,
        IReadOnlyDictionary<string, string>? metadata = null, string stem = SafetensorsFolder.DefaultStem)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxShardBytes, 1);
        SafetensorsWriter.Check(tensors);
        var shards = Pack(tensors, maxShardBytes);
        string[] names = shards.Count == 1 ? [SingleFile(stem)] : [.. shards.Select((_, position) => ShardFile(stem, position + 1, shards.Count))];
        RefuseExisting(folder, [SingleFile(stem), IndexFile(stem), .. names]);

        var texts = new Dictionary<string, string>(metadata ?? new Dictionary<string, string>());
        texts.TryAdd("format", "pt");
        var written = new List<string>();
        try
        {
            foreach (var (name, shard) in names.Zip(shards))
            {
                var path = Path.Combine(folder, name);
                SafetensorsWriter.Write(path, shard, texts);
                written.Add(path);
            }
            if (shards.Count > 1) WriteIndex(folder, stem, names, shards);
        }
        catch
        {
            written.ForEach(File.Delete);
            throw;
        }
    }

    internal static string SingleFile(string stem) => $"{stem}.safetensors";

    internal static string IndexFile(string stem) => $"{stem}.safetensors.index.json";

    private static string ShardFile(string stem, int number, int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{stem}-{number:D5}-of-{count:D5}.safetensors");

    private static List<List<KeyValuePair<string, Tensor>>> Pack(IReadOnlyList<KeyValuePair<string, Tensor>> tensors, long maxShardBytes)
    {
        List<List<KeyValuePair<string, Tensor>>> shards = [[]];
        long shardBytes = 0;
        foreach (var item in tensors)
        {
            var sizeBytes = SafetensorsWriter.SizeBytes(item.Value);
            if (shards[^1].Count > 0 && shardBytes + sizeBytes > maxShardBytes)
            {
                shards.Add([]);
                shardBytes = 0;
            }
            shards[^1].Add(item);
            shardBytes += sizeBytes;
        }
        return shards;
    }

    /// <summary>A stale file beside new ones could be loaded in their place, and it is not ours to delete.</summary>
    private static void RefuseExisting(string folder, IEnumerable<string> names)
    {
        if (names.FirstOrDefault(name => File.Exists(Path.Combine(folder, name))) is { } existing)
            throw new IOException($"{folder} already holds {existing}; expected a folder without weights.");
    }

    private static void WriteIndex(string folder, string stem, string[] names, List<List<KeyValuePair<string, Tensor>>> shards)
    {
        var weightMap = new Dictionary<string, string>();
        foreach (var (name, shard) in names.Zip(shards))
        {
            foreach (var (tensor, _) in shard) weightMap.Add(tensor, name);
        }
        var totalSizeBytes = shards.Sum(shard => shard.Sum(item => SafetensorsWriter.SizeBytes(item.Value)));
        SafetensorsIndex.Write(Path.Combine(folder, IndexFile(stem)), weightMap, totalSizeBytes);
    }
}
