using System.IO.Compression;
using System.Text.Json;

namespace RlhfHub.EndToEnd.Tests;

/// <summary>The beginnings of two public data sets, as files to import, and what they say: so little that people can label all of it in a test.</summary>
internal sealed class RealPrompts
{
    private RealPrompts(string tree, IReadOnlyList<string> pairs)
    {
        using var read = JsonDocument.Parse(tree);
        var root = read.RootElement.GetProperty("prompt");
        Question = root.GetProperty("text").GetString()!;
        Answers = [.. root.GetProperty("replies").EnumerateArray().Select(reply => reply.GetProperty("text").GetString()!)];
        Conversations = [.. pairs.SelectMany(Both)];
    }

    /// <summary>How many of the pairs are taken.</summary>
    public const int Pairs = 2;

    /// <summary>What the first of Open-Assistant's trees asks.</summary>
    public string Question { get; }

    /// <summary>What people or models answered there.</summary>
    public IReadOnlyList<string> Answers { get; }

    /// <summary>The first conversations of Anthropic's harmless-base test split, the chosen and the rejected one of each pair, as the file writes them.</summary>
    public IReadOnlyList<string> Conversations { get; }

    /// <summary>Writes the files <c>tree.jsonl</c> and <c>pairs.jsonl</c> into a folder.</summary>
    public static async Task<RealPrompts> WriteAsync(TemporaryFolder folder)
    {
        using var trees = new StreamReader(Path.Combine(TestData.Folder("oasst"), "en_100_tree.jsonl"));
        using var all = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(TestData.Folder("hh-rlhf"), "harmless-base_test.jsonl.gz")), CompressionMode.Decompress));
        var tree = (await trees.ReadLineAsync())!;
        List<string> pairs = [];
        while (pairs.Count < Pairs) pairs.Add((await all.ReadLineAsync())!);
        await File.WriteAllTextAsync(folder["tree.jsonl"], tree);
        await File.WriteAllLinesAsync(folder["pairs.jsonl"], pairs);
        return new(tree, pairs);
    }

    private static string[] Both(string pair)
    {
        using var read = JsonDocument.Parse(pair);
        return [read.RootElement.GetProperty("chosen").GetString()!, read.RootElement.GetProperty("rejected").GetString()!];
    }
}
