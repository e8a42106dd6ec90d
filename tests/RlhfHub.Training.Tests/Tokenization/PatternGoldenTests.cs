using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using RlhfHub.Training.Models;
using RlhfHub.Training.Tokenization;
using Xunit.Abstractions;

namespace RlhfHub.Training.Tests.Tokenization;

/// <summary>Patterns against Oniguruma, seen through tokenizers whose ids show where pieces begin.</summary>
public sealed class PatternGoldenTests(ITestOutputHelper output)
{
    private static readonly Characters EveryCharacter = Golden.Read<Characters>(Path.Combine("golden", "characters.json.gz"));

    public static TheoryData<string> TokenizerNames => [.. EveryCharacter.Tokenizers.Keys];

    [Theory, MemberData(nameof(TokenizerNames))]
    public void Encode_EveryAssignedCharacter_SplitsAsTheLibrary(string name)
    {
        var tokenizer = Tokenizer.Parse(EveryCharacter.Tokenizers[name].GetRawText(), name);
        var hashes = EveryCharacter.Hashes[name];
        var code = 0;
        var characters = EveryCharacter.CharacterSteps.Select(step => code += step).ToArray();

        foreach (var (block, index) in characters.Chunk(256).Select((block, index) => (block, index)))
        {
            var rows = block.Select(character => string.Join(',', tokenizer.Encode(Around(char.ConvertFromUtf32(character)))));
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', rows))))[..12];
            Assert.True(hash == hashes[index], $"A character from U+{block[0]:X4} to U+{block[^1]:X4} is split differently.");
        }

        Assert.InRange(characters.Length, 150_000, int.MaxValue);
    }

    [Fact]
    public void Encode_RandomPatterns_SplitsAsOniguruma()
    {
        var golden = Golden.Read<Patterns>(Path.Combine("golden", "patterns.json.gz"));
        var json = JsonNode.Parse(golden.Probe.GetRawText())!;
        var refused = 0;

        foreach (var pattern in golden.Items)
        {
            var parts = json["pre_tokenizer"]!["pretokenizers"]!.AsArray();
            if (parts.Count > 1) parts.RemoveAt(0);
            parts.Insert(0, JsonNode.Parse(pattern.Split.GetRawText()));
            if (TryParse(json.ToJsonString()) is not { } tokenizer)
            {
                refused++;
                continue;
            }
            foreach (var (text, ids) in pattern.Texts.Zip(pattern.Ids))
                Assert.True(ids.AsSpan().SequenceEqual(tokenizer.Encode(text)), $"{pattern.Split} splits {JsonSerializer.Serialize(text)} differently.");
        }

        output.WriteLine($"{golden.Items.Length} patterns, {refused} refused.");
        Assert.InRange(refused, 0, golden.Items.Length / 5);
    }

    // The refusals that are ours alone: repeating what can be empty, and repeating a place.
    private static Tokenizer? TryParse(string json)
    {
        try
        {
            return Tokenizer.Parse(json, "random");
        }
        catch (ModelFileException error) when (error.Message.Contains(" repeats ", StringComparison.Ordinal))
        {
            return null;
        }
    }

    private static string Around(string c) => $"a{c}b\t{c}{c}1{c}!'{c}t\u0301";

    private sealed record Characters(
        Dictionary<string, JsonElement> Tokenizers,
        [property: JsonPropertyName("characters")] int[] CharacterSteps,
        Dictionary<string, string[]> Hashes);

    private sealed record Patterns(JsonElement Probe, [property: JsonPropertyName("patterns")] RandomPattern[] Items);

    private sealed record RandomPattern(JsonElement Split, string[] Texts, int[][] Ids);
}
