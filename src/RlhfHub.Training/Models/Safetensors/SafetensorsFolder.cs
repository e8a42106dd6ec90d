using static TorchSharp.torch;

namespace RlhfHub.Training.Models.Safetensors;

/// <summary>
/// The weights of a Hugging Face folder: <c>model.safetensors</c>, or shards and their <c>model.safetensors.index.json</c>, as one set of names.
/// </summary>
public sealed class SafetensorsFolder : ISafetensorsSource, IDisposable
{
    /// <summary>The name of the files before their extension, unless another is asked for.</summary>
    public const string DefaultStem = "model";

    private readonly Dictionary<string, SafetensorsFile> files;
    private readonly OrderedDictionary<string, SafetensorsFile> fileOfTensor = [];
    private readonly OrderedDictionary<string, SafetensorsEntry> entries = [];

    private SafetensorsFolder(string folder, Dictionary<string, SafetensorsFile> files)
    {
        Location = folder;
        this.files = files;
    }

    /// <inheritdoc/>
    public string Location { get; }

    /// <summary>The tensors by name, shard after shard in the order of their headers.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => entries;

    /// <summary>The opened files.</summary>
    public IReadOnlyCollection<SafetensorsFile> Files => files.Values;

    /// <summary>Opens a folder's weights and checks all headers. A single file wins over an index, as in transformers.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="stem">The files' name before the extension: <c>model</c>, or <c>adapter_model</c> for a PEFT adapter.</param>
    /// <exception cref="ModelFileException">
    /// The folder has no such weights, a file is broken, or the index names a shard or tensor that is not there.
    /// Tensors of a shard that the index does not name are left out.
    /// </exception>
    public static SafetensorsFolder Open(string folder, string stem = DefaultStem)
    {
        var single = SafetensorsFolderWriter.SingleFile(stem);
        var index = SafetensorsFolderWriter.IndexFile(stem);
        if (File.Exists(Path.Combine(folder, single))) return OpenShards(folder, [single], weightMap: null, index);

        var indexPath = Path.Combine(folder, index);
        if (!File.Exists(indexPath)) throw new ModelFileException(Absent(folder, single, index));
        var weightMap = SafetensorsIndex.Read(indexPath);
        return OpenShards(folder, weightMap.Values.Distinct().Order(StringComparer.Ordinal), weightMap, index);
    }

    /// <inheritdoc/>
    public Tensor Read(string name, ScalarType? dtype = null, Device? device = null) => FileOf(name).Read(name, dtype, device);

    /// <inheritdoc/>
    public void CopyTo(string name, Tensor destination) => FileOf(name).CopyTo(name, destination);

    /// <summary>Closes the files. Tensors that were read stay.</summary>
    public void Dispose()
    {
        foreach (var file in files.Values) file.Dispose();
    }

    private static SafetensorsFolder OpenShards(string folder, IEnumerable<string> shards, OrderedDictionary<string, string>? weightMap, string index)
    {
        var opened = new SafetensorsFolder(folder, []);
        try
        {
            foreach (var shard in shards) opened.Add(shard, weightMap, index);
            opened.CheckAllFound(weightMap, index);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    private void Add(string shard, OrderedDictionary<string, string>? weightMap, string index)
    {
        var path = Path.Combine(Location, shard);
        if (!File.Exists(path))
            throw new ModelFileException($"{Path.Combine(Location, index)} names the file {MessageText.Quote(shard)}, which is not in the folder.");
        var file = SafetensorsFile.Open(path);
        files.Add(shard, file);
        foreach (var (name, entry) in file.Entries)
        {
            if (weightMap is not null && (!weightMap.TryGetValue(name, out var home) || home != shard)) continue;
            entries.Add(name, entry);
            fileOfTensor.Add(name, file);
        }
    }

    private void CheckAllFound(OrderedDictionary<string, string>? weightMap, string index)
    {
        if (weightMap is null) return;
        foreach (var (name, shard) in weightMap)
        {
            if (!entries.ContainsKey(name))
            {
                throw new ModelFileException(
                    $"{Path.Combine(Location, index)} places tensor {MessageText.Quote(name)} in {MessageText.Quote(shard)}, which does not hold it.");
            }
        }
    }

    private SafetensorsFile FileOf(string name) =>
        fileOfTensor.TryGetValue(name, out var file) ? file : throw new ModelFileException($"{Location} holds no tensor {MessageText.Quote(name)}.");

    private static string Absent(string folder, string single, string index)
    {
        if (!Directory.Exists(folder)) return $"The folder {folder} does not exist.";
        var pickled = Directory.EnumerateFiles(folder, "*model*.bin").Select(Path.GetFileName).Order(StringComparer.Ordinal).FirstOrDefault();
        return pickled is null
            ? $"{folder} holds neither {single} nor {index}."
            : $"{folder} holds {pickled} but no {single}; convert the model to safetensors (in transformers: save_pretrained with safe_serialization=True).";
    }
}
