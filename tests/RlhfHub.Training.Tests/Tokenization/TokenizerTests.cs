using System.Diagnostics;
using System.Text;
using RlhfHub.Training.Tokenization;

namespace RlhfHub.Training.Tests.Tokenization;

public sealed class TokenizerTests
{
    public static TheoryData<string> SmallNames => [.. Golden.SmallNames];

    [Theory]
    [InlineData("qwen2-style")]
    [InlineData("llama2-style")]
    public void BytesOf_PartsOfCharacters_AreTogetherTheText(string name)
    {
        const string text = "naïve 😀 日";
        var tokenizer = Tokenizer.Load(Repository.Fixture("tokenizers", "small", name));

        byte[] bytes = [.. tokenizer.Encode(text, addSpecialTokens: false).SelectMany(tokenizer.BytesOf)];

        // A decoder that strips the space before a text does so for a token alone too.
        Assert.Equal(text.Replace(" ", "", StringComparison.Ordinal), System.Text.Encoding.UTF8.GetString(bytes).Replace(" ", "", StringComparison.Ordinal));
        Assert.Empty(tokenizer.BytesOf(1_000_000));
    }

    [Fact]
    public void Encode_HalfOfASurrogatePair_CountsAsReplacementCharacter()
    {
        var tokenizer = Golden.Small("gpt2-style");

        foreach (var half in (string[])["a\ud800b", "\udc00", "x\ud83d", "\ud83d\ud83d\ude00"])
        {
            var mended = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(half));
            Assert.Equal(tokenizer.Encode(mended), tokenizer.Encode(half));
            Assert.Equal(mended, tokenizer.Decode(tokenizer.Encode(half)));
        }
    }

    [Theory, InlineData("gpt2-style"), InlineData("llama3-style"), InlineData("cased-style"), InlineData("trained")]
    public void Decode_ByteLevel_GivesTheTextBack(string name)
    {
        var tokenizer = Golden.Small(name);

        foreach (var text in Golden.Strings)
            Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text, addSpecialTokens: false), skipSpecialTokens: false));
    }

    [Theory, MemberData(nameof(SmallNames))]
    public void Push_SplitCharacters_NeverShowsAPart(string name)
    {
        var tokenizer = Golden.Small(name);

        foreach (var text in Golden.Strings.Where(text => !text.Contains('\uFFFD')))
        {
            var stream = tokenizer.CreateStreamingDecoder();
            foreach (var id in tokenizer.Encode(text))
            {
                var part = stream.Push(id);
                Assert.DoesNotContain('\uFFFD', part);
                Assert.False(part.Length > 0 && (char.IsHighSurrogate(part[^1]) || char.IsLowSurrogate(part[0])), "a part ends inside a character");
            }
            Assert.DoesNotContain('\uFFFD', stream.Flush());
        }
    }

    [Theory, MemberData(nameof(SmallNames))]
    public void Push_RandomIds_GivesWhatDecodeGives(string name)
    {
        var tokenizer = Golden.Small(name);
        var random = new Random(11);
        for (var round = 0; round < 2000; round++)
        {
            var ids = new int[random.Next(1, 30)];
            for (var i = 0; i < ids.Length; i++) ids[i] = random.Next(-1, tokenizer.VocabularySize + 2);
            var stream = tokenizer.CreateStreamingDecoder();
            var parts = new StringBuilder();

            foreach (var id in ids)
            {
                parts.Append(stream.Push(id));
                // What has been shown stands, whatever comes next.
                Assert.StartsWith(parts.ToString(), tokenizer.Decode(ids), StringComparison.Ordinal);
            }
            parts.Append(stream.Flush());

            Assert.Equal(tokenizer.Decode(ids), parts.ToString());
        }
    }

    [Theory, MemberData(nameof(SmallNames))]
    public void Encode_FromManyThreads_GivesTheSameIds(string name)
    {
        var tokenizer = Golden.Small(name);
        var golden = Golden.Of(name);

        Parallel.For(0, 4, _ =>
        {
            for (var i = 0; i < 2300; i++) Assert.Equal(golden.Ids[i], tokenizer.Encode(Golden.Strings[i]));
        });
    }

    [Theory, MemberData(nameof(SmallNames))]
    public void Encode_MegabyteOfOneCharacter_TakesSeconds(string name)
    {
        var tokenizer = Golden.Small(name);
        foreach (var unit in (string[])["a", " ", "\n", "!", "中", "1", "aA", " a", "\u0301"])
        {
            var clock = Stopwatch.StartNew();

            tokenizer.Encode(string.Concat(Enumerable.Repeat(unit, 1_000_000 / unit.Length)));

            Assert.InRange(clock.Elapsed.TotalSeconds, 0, 20);
        }
    }

    [Fact]
    public void IdOf_UnknownToken_IsNull()
    {
        var tokenizer = Golden.Small("llama2-style");

        Assert.Null(tokenizer.IdOf("no such token"));
        Assert.Null(tokenizer.TokenOf(-1));
        Assert.Null(tokenizer.TokenOf(tokenizer.VocabularySize));
        Assert.Equal("<s>", tokenizer.TokenOf(tokenizer.IdOf("<s>")!.Value));
        Assert.True(tokenizer.IsSpecial(1));
        Assert.Equal(0, tokenizer.UnknownId);
        Assert.Equal(3, tokenizer.AddedTokens.Count);
    }

    [Theory]
    [InlineData("""{"bos_token": "<s>", "model_max_length": 1000000000000000019884624838656}""", "<s>", null)]
    [InlineData("""{"bos_token": {"content": "</s>", "lstrip": false}, "model_max_length": 2048}""", "</s>", 2048)]
    [InlineData("""{"bos_token": null}""", null, null)]
    public void Load_Config_ReadsSpecialTokens(string config, string? bos, int? maxLength)
    {
        var folder = Directory.CreateTempSubdirectory("rlhfhub-tokenizer-");
        try
        {
            File.Copy(Path.Combine(Golden.Folder, "small", "llama2-style", "tokenizer.json"), Path.Combine(folder.FullName, "tokenizer.json"));
            File.WriteAllText(Path.Combine(folder.FullName, "tokenizer_config.json"), config);
            File.WriteAllText(Path.Combine(folder.FullName, "special_tokens_map.json"), """{"eos_token": "</s>"}""");

            var tokenizer = Tokenizer.Load(folder.FullName);

            Assert.Equal(bos, tokenizer.BosToken);
            Assert.Equal("</s>", tokenizer.EosToken);
            Assert.Equal(maxLength, tokenizer.MaxLength);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
