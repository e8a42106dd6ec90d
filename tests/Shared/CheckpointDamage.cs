using System.Text.RegularExpressions;

namespace RlhfHub.Tests.Shared;

/// <summary>What disks, hands and half-finished copies do to a checkpoint.</summary>
internal static class CheckpointDamage
{
    public static IReadOnlyList<(string Name, Action<string, Random> Inflict)> Kinds { get; } =
    [
        ("truncation", (folder, random) => Change(Any(folder, random), bytes => bytes[..random.Next(bytes.Length)])),
        ("bit flip", (folder, random) => Change(Any(folder, random), bytes =>
        {
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            return bytes;
        })),
        ("missing file", (folder, random) => File.Delete(Any(folder, random))),
        ("extra bytes", (folder, random) => Change(Any(folder, random), bytes => [.. bytes, .. new byte[random.Next(1, 9)]])),
        ("extra file", (folder, random) => File.WriteAllText(Path.Combine(folder, $"model-{random.Next(100)}.safetensors"), "x")),
        ("edited manifest", (folder, random) => EditManifest(Path.Combine(folder, "manifest.json"), random)),
        ("two files swapped", (folder, random) => Swap(folder)),
    ];

    /// <summary>Damages a checkpoint; returns what was done to it.</summary>
    /// <param name="folder">The checkpoint.</param>
    /// <param name="round">Goes through the kinds one after another.</param>
    /// <param name="random">Where in it.</param>
    public static string Inflict(string folder, int round, Random random)
    {
        var (name, inflict) = Kinds[round % Kinds.Count];
        inflict(folder, random);
        return name;
    }

    /// <summary>Changes one value so that the file is still a manifest in form.</summary>
    private static void EditManifest(string file, Random random)
    {
        var text = File.ReadAllText(file);
        var digits = Regex.Matches(text, @"[0-9]");
        var place = digits[random.Next(digits.Count)].Index;
        var changed = (char)('0' + ((text[place] - '0' + random.Next(1, 10)) % 10));
        File.WriteAllText(file, text[..place] + changed + text[(place + 1)..]);
    }

    private static void Swap(string folder)
    {
        var tensors = All(folder).Where(file => file.EndsWith(".safetensors", StringComparison.Ordinal)).ToArray();
        var (first, second) = (tensors[0], tensors[1]);
        File.Move(first, first + ".x");
        File.Move(second, first);
        File.Move(first + ".x", second);
    }

    private static string Any(string folder, Random random)
    {
        var files = All(folder);
        return files[random.Next(files.Length)];
    }

    private static string[] All(string folder) => [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private static void Change(string file, Func<byte[], byte[]> change) => File.WriteAllBytes(file, change(File.ReadAllBytes(file)));
}
