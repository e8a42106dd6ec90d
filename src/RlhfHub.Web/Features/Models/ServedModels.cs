using System.Reflection;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Models;

namespace RlhfHub.Web.Features.Models;

/// <summary>The models that the site's own server serves: folders below <c>models/</c> of the data folder, called by their paths there. Links are not followed.</summary>
internal sealed class ServedModels(DataFolder folder)
{
    /// <summary>The folder below <c>models/</c> that checkpoints of running trainings lie in.</summary>
    public const string Live = "live";

    private const int MaxDepth = 4;
    private const string Starter = "starter";

    private static readonly string? BuiltStarter = typeof(ServedModels).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().SingleOrDefault(item => item.Key == "StarterPath")?.Value;

    public string Root => folder.Models;

    /// <summary>The folder of a model, a version or a checkpoint too; null where there is none.</summary>
    public DirectoryInfo? FolderOf(string name)
    {
        Install();
        var at = new DirectoryInfo(Root);
        foreach (var part in name.Split('/'))
        {
            if (part.Length == 0 || part.StartsWith('.') || part.IndexOfAny(Path.GetInvalidFileNameChars()) >= 0) return null;
            at = new DirectoryInfo(Path.Combine(at.FullName, part));
            if (!at.Exists || IsLink(at)) return null;
        }
        return IsModel(at) ? at : null;
    }

    /// <summary>The names of those that people put there, sorted; what came of training goes by its version.</summary>
    public IReadOnlyList<string> Names()
    {
        Install();
        List<string> names = [];
        Walk(new DirectoryInfo(Root), "", names, 1);
        return [.. names.Order(StringComparer.Ordinal)];
    }

    /// <summary>Puts the starter model beside the others, where it is not yet. It is never replaced: replies that bear its name must stay those of one model.</summary>
    public void Install()
    {
        var place = Path.Combine(Root, Starter);
        if (Directory.Exists(place)) return;
        string?[] sources = [Path.Combine(AppContext.BaseDirectory, "models", Starter), BuiltStarter];
        if (Array.Find(sources, Directory.Exists) is not { } source) return;
        // Under its name it is whole or not there.
        var part = Path.Combine(Root, $".{Starter}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(part);
        foreach (var file in new DirectoryInfo(source).EnumerateFiles().Where(file => !IsLink(file))) file.CopyTo(Path.Combine(part, file.Name));
        try
        {
            Directory.Move(part, place);
        }
        catch (IOException) when (Directory.Exists(place))
        {
            Directory.Delete(part, recursive: true);   // somebody else was quicker
        }
    }

    private static void Walk(DirectoryInfo at, string prefix, List<string> names, int depth)
    {
        if (!at.Exists) return;
        foreach (var child in at.EnumerateDirectories().Where(child => !child.Name.StartsWith('.') && !IsLink(child) && (prefix.Length > 0 || child.Name is not (Live or ModelVersion.Folder))))
        {
            var name = prefix + child.Name;
            if (IsModel(child)) names.Add(name);
            else if (depth < MaxDepth) Walk(child, name + "/", names, depth + 1);
        }
    }

    private static bool IsModel(DirectoryInfo at)
    {
        var files = at.EnumerateFiles().ToList();
        return files.TrueForAll(file => !IsLink(file)) && (files.Exists(file => file.Name == "adapter_config.json") || (files.Exists(file => file.Name == "config.json") && files.Exists(file => file.Extension == ".safetensors")));
    }

    private static bool IsLink(FileSystemInfo entry) => entry.LinkTarget is not null || entry.Attributes.HasFlag(FileAttributes.ReparsePoint);
}
