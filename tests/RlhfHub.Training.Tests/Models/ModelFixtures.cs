using RlhfHub.Training.Models;

namespace RlhfHub.Training.Tests.Models;

/// <summary>The tiny random models of tests/fixtures/models.</summary>
internal static class ModelFixtures
{
    public static string[] Names { get; } =
    [
        .. Directory.EnumerateDirectories(Repository.Fixture("models"))
            .Where(folder => File.Exists(Path.Combine(folder, "reference.safetensors")))
            .Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal),
    ];

    /// <summary>Those that write text.</summary>
    public static string[] Causal { get; } = [.. Names.Where(name => !ModelConfig.Load(Folder(name)).IsClassifier)];

    public static string Folder(string name) => Repository.Fixture("models", name);
}
