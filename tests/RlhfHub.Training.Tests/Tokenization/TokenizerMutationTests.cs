using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using RlhfHub.Training.Models;
using RlhfHub.Training.Tokenization;
using Xunit.Abstractions;

namespace RlhfHub.Training.Tests.Tokenization;

public sealed class TokenizerMutationTests(ITestOutputHelper output)
{
    private const int MutationsInAll = 10_000;
    private const int SecondsForOne = 5;

    private static readonly string[] Texts = ["", "Hello world's  end\n", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "é中𝐀👍🏽\t<s>x</s>", new string(' ', 300) + "x 123456"];

    public static TheoryData<string> SmallNames => [.. Golden.SmallNames];

    [Theory, MemberData(nameof(SmallNames))]
    public async Task Parse_MutatedFile_LoadsOrSaysWhatIsWrong(string name)
    {
        var random = new Random(20261123);
        var original = File.ReadAllText(Path.Combine(Golden.Folder, "small", name, "tokenizer.json"));
        var loaded = 0;
        var slowest = TimeSpan.Zero;
        var count = MutationsInAll / Golden.SmallNames.Count + 1;

        for (var i = 0; i < count; i++)
        {
            var mutated = (i % 3) switch
            {
                0 => MutateText(original, random),
                1 => MutateTree(original, random),
                _ => MutateWord(original, random),
            };
            var clock = Stopwatch.StartNew();
            // A mutation that never ends must fail the test, not hang it: the wait gives up with a TimeoutException.
            var (isLoaded, problem) = await Task.Run(() => Use(mutated)).WaitAsync(TimeSpan.FromSeconds(SecondsForOne));
            if (isLoaded) loaded++;
            Assert.True(problem is null, $"Mutation {i} of {name}: {problem}");
            if (clock.Elapsed > slowest) slowest = clock.Elapsed;
        }

        output.WriteLine($"{name}: {count} mutations, {loaded} loaded, slowest {slowest.TotalMilliseconds:F0} ms.");
    }

    private static (bool IsLoaded, string? Problem) Use(string json)
    {
        try
        {
            var tokenizer = Tokenizer.Parse(json, "mutated");
            foreach (var text in Texts)
            {
                var ids = tokenizer.Encode(text);
                tokenizer.Decode(ids);
                tokenizer.Decode(ids, skipSpecialTokens: false);
            }
            return (true, null);
        }
        catch (ModelFileException error)
        {
            var isSentence = error.Message.StartsWith("mutated", StringComparison.Ordinal) && error.Message.EndsWith('.') && error.Message.Length < 500;
            return (false, isSentence ? null : $"not one clear sentence: {error.Message}");
        }
    }

    private static string MutateText(string original, Random random)
    {
        // Most of a file is vocabulary; half of the mutations go where the pipeline is described.
        var model = original.IndexOf("\"model\"", StringComparison.Ordinal);
        var bytes = Encoding.UTF8.GetBytes(original).ToList();
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            var at = random.Next(random.Next(2) == 0 ? model + 200 : bytes.Count - 8);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, random.Next(1, 6));
                    break;
                case 2:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Fragments[random.Next(Fragments.Length)]));
                    break;
                default:
                    bytes[at] = (byte)random.Next(256);
                    break;
            }
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static readonly string[] Fragments =
        ["\"", "{", "}", "[", "]", ",", ":", "null", "-1", "1e308", "99999999999999999999", "\\ud800", "\\u0000", "(", ")*", "(a+)+", "{1,99999}", "[^", "\\\\p{", "\\\\1", "(?i)", "(?<=", "&&", "é", "𝐀"];

    private static string MutateTree(string original, Random random)
    {
        var root = JsonNode.Parse(original)!;
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            var places = Places(root);
            var place = places[random.Next(places.Count)];
            Replace(place, random.Next(8) switch
            {
                0 => null,
                1 => JsonValue.Create(random.Next(2) == 0),
                2 => JsonValue.Create(Numbers[random.Next(Numbers.Length)]),
                3 => JsonValue.Create(Strings[random.Next(Strings.Length)]),
                4 => new JsonArray(),
                5 => new JsonObject(),
                _ => places[random.Next(places.Count)].DeepClone(),
            }, isRemoved: random.Next(6) == 0);
        }
        return root.ToJsonString();
    }

    // One string, number or word of the pipeline, a few characters of it: what loads most often, and with the strangest patterns.
    private static string MutateWord(string original, Random random)
    {
        var root = JsonNode.Parse(original)!;
        var places = Places(root).OfType<JsonValue>().ToList();
        var patterns = places.Where(place => place.Parent is JsonObject && place.GetPropertyName() is "Regex" or "String" or "content" or "prepend").ToList();
        var place = patterns.Count > 0 && random.Next(4) > 0 ? patterns[random.Next(patterns.Count)] : places[random.Next(places.Count)];
        var text = new StringBuilder(place.ToString());
        for (var n = random.Next(1, 5); n > 0; n--)
        {
            var at = random.Next(text.Length + 1);
            if (at < text.Length && random.Next(2) == 0) text.Remove(at, Math.Min(text.Length - at, random.Next(1, 4)));
            text.Insert(Math.Min(at, text.Length), PatternFragments[random.Next(PatternFragments.Length)]);
        }
        Replace(place, JsonValue.Create(text.ToString()), isRemoved: false);
        return root.ToJsonString();
    }

    private static readonly string[] PatternFragments =
        ["(", ")", "(?:", ")*", ")+", "(?!", "(?<=", "(?>", "|", "*", "+", "?", "{2}", "{0,50}", "{9999}", "[", "]", "[^", "&&", "\\p{L}", "\\s", "\\S", "\\b", "\\x{41}", "\\", ".", "^", "$", "a", " ", "▁", "𝐀", "-", "\0"];

    private static readonly double[] Numbers = [-1, 0, 1, 3, 600, 2147483648, 4294967296, 1e15, 1e300, 0.5];

    private static readonly string[] Strings =
        ["", " ", "a", "▁", "A", "\0", "(a+)+$", "(a|a)*b", "(?:a{1,500}){1,500}", "[\\s\\S]*[\\s\\S]*[\\s\\S]*x", "\\p{L}", "(?=", "(?<=a+)b", "Sequence", "ByteLevel", "Metaspace", "BPE", "Removed", "always", "<s>", new('x', 5000)];

    // The vocabulary and the merges count as a few places: otherwise nearly every mutation would hit them.
    private static List<JsonNode> Places(JsonNode root)
    {
        var places = new List<JsonNode>();
        Collect(root);
        return places;

        void Collect(JsonNode node)
        {
            if (node.Parent is not null) places.Add(node);
            var children = node switch
            {
                JsonObject parent => parent.Select(pair => pair.Value),
                JsonArray parent => parent,
                _ => [],
            };
            foreach (var child in children.OfType<JsonNode>().Take(40)) Collect(child);
        }
    }

    private static void Replace(JsonNode place, JsonNode? value, bool isRemoved)
    {
        switch (place.Parent)
        {
            case JsonObject parent when isRemoved:
                parent.Remove(place.GetPropertyName());
                break;
            case JsonObject parent:
                parent[place.GetPropertyName()] = value;
                break;
            case JsonArray parent when isRemoved:
                parent.RemoveAt(place.GetElementIndex());
                break;
            case JsonArray parent:
                parent[place.GetElementIndex()] = value;
                break;
        }
    }
}
