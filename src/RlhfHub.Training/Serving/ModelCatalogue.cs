using RlhfHub.Training.Models;
using RlhfHub.Training.Peft;

namespace RlhfHub.Training.Serving;

/// <summary>
/// The models below a folder: base models, adapters, outputs and checkpoints of runs. A model is called by its path below the folder, such as
/// <c>starter</c> or <c>runs/7/checkpoints/step-100</c>. Looks at the disk each time, for runs write and prune all the while. Touches no torch.
/// </summary>
/// <param name="root">The folder; it may be a model itself, which is then called by the folder's name.</param>
public sealed class ModelCatalogue(string root)
{
    private const int MaxDepth = 6;

    private readonly string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));

    /// <summary>Everything that can be served, by name.</summary>
    public IReadOnlyList<CatalogueEntry> List()
    {
        if (Describe(root) is { } single) return [single];
        var found = new List<CatalogueEntry>();
        Walk(root, MaxDepth, found);
        return [.. found.OrderBy(entry => entry.Id, StringComparer.Ordinal)];
    }

    /// <summary>The model of that name; null where there is none.</summary>
    public CatalogueEntry? Find(string id)
    {
        if (Describe(root) is { } single) return single.Id == id ? single : null;
        return PlaceOf(id) is { } folder && Directory.Exists(folder) ? Describe(folder) : null;
    }

    /// <summary>Where a model of that name lies, or lay; null for what can be no name.</summary>
    public string? PlaceOf(string id)
    {
        // A name is no path: nothing outside the folder, and nothing that is hidden, has one.
        var isName = id.Length > 0 && id.IndexOfAny(['\\', '\0']) < 0 && id.Split('/').All(part => part.Length > 0 && !part.StartsWith('.'));
        return !isName ? null : id == Path.GetFileName(root) && Describe(root) is not null ? root : Path.Combine(root, id);
    }

    private static IReadOnlyList<string> Children(string folder)
    {
        try
        {
            return Directory.GetDirectories(folder);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Just being pruned, or not for us.
            return [];
        }
    }

    private void Walk(string folder, int depth, List<CatalogueEntry> found)
    {
        foreach (var child in Children(folder))
        {
            if (Path.GetFileName(child).StartsWith('.')) continue;
            if (Describe(child) is { } entry) found.Add(entry);
            else if (depth > 1) Walk(child, depth - 1, found);
        }
    }

    private CatalogueEntry? Describe(string folder)
    {
        var (adapterConfig, modelConfig) = (Path.Combine(folder, AdapterFiles.ConfigFile), Path.Combine(folder, ModelConfig.FileName));
        try
        {
            if (File.Exists(adapterConfig))
                return new CatalogueEntry(IdOf(folder), folder, IsAdapter: true, AdapterFiles.IsForScores(ConfigReader.Open(adapterConfig)), LastChange(folder));
            return File.Exists(modelConfig) && Directory.EnumerateFiles(folder, "*.safetensors").Any()
                ? new CatalogueEntry(IdOf(folder), folder, IsAdapter: false, ModelConfig.Load(folder).IsClassifier, LastChange(folder))
                : null;
        }
        catch (Exception problem) when (problem is ModelFileException or IOException or UnauthorizedAccessException)
        {
            // Broken, of a family that is not served, or just being pruned: nothing that could be called.
            return null;
        }
    }

    /// <summary>The folder of the base model that an adapter was trained on: where its config says, else a model of that name in the catalogue.</summary>
    /// <exception cref="ModelFileException">There is none.</exception>
    public string BaseOf(CatalogueEntry adapter)
    {
        var config = ConfigReader.Open(Path.Combine(adapter.Folder, AdapterFiles.ConfigFile));
        var stated = config.Text("base_model_name_or_path");
        string[] candidates = [Path.GetFullPath(stated, adapter.Folder), Path.GetFullPath(stated, root), Path.Combine(root, Path.GetFileName(Path.TrimEndingDirectorySeparator(stated)))];
        return candidates.FirstOrDefault(folder => File.Exists(Path.Combine(folder, ModelConfig.FileName)))
            ?? throw config.Wrong("base_model_name_or_path", $"the folder of a model, or the name of one below {root}");
    }

    private string IdOf(string folder) => folder == root ? Path.GetFileName(root) : Path.GetRelativePath(root, folder).Replace('\\', '/');

    private static DateTime LastChange(string folder) => Directory.EnumerateFiles(folder, "*.safetensors").Select(File.GetLastWriteTimeUtc).DefaultIfEmpty().Max();
}

/// <summary>A model that can be served.</summary>
/// <param name="Id">What callers name it by.</param>
/// <param name="Folder">Where it lies.</param>
/// <param name="IsAdapter">Whether it needs a base model.</param>
/// <param name="IsScorer">Whether it scores texts; else it writes.</param>
/// <param name="ChangedAt">When its weights were last written, UTC.</param>
public sealed record CatalogueEntry(string Id, string Folder, bool IsAdapter, bool IsScorer, DateTime ChangedAt);
