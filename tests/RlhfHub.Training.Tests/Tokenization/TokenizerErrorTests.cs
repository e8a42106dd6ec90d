using System.Text;
using RlhfHub.Training.Models;
using RlhfHub.Training.Tokenization;

namespace RlhfHub.Training.Tests.Tokenization;

public sealed class TokenizerErrorTests
{
    private const string Model = """{"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}""";

    [Theory]
    [InlineData("""[1]""", "t.json is not a JSON object.")]
    [InlineData("""{"model": """, "t.json is not valid JSON at line 1, byte 11.")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"\ud800": 0}, "merges": []}}""", "t.json has a string at byte 36 that is half of a surrogate pair.")]
    [InlineData("""{}""", "t.json has no 'model'.")]
    [InlineData("""{"model": {"type": "Unigram", "vocab": []}}""", "t.json: 'model' is of the type 'Unigram'; supported is BPE.")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}}}""", "t.json: 'model' has no 'merges'.")]
    [InlineData("""{"model": {"type": "BPE", "vocab": ["a"], "merges": []}}""", "t.json: 'model.vocab' is not an object of tokens and their ids.")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {}, "merges": []}}""", "t.json: 'model.vocab' is empty; expected tokens and their ids.")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": "0"}, "merges": []}}""", "t.json: 'model.vocab' gives the token 'a' no usable id; expected an integer from 0 to 9999999.")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 2147483648}, "merges": []}}""", "t.json: 'model.vocab' gives the token 'a' no usable id; expected an integer from 0 to 9999999.")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": -1}, "merges": []}}""", "t.json: 'model.vocab' gives the token 'a' no usable id; expected an integer from 0 to 9999999.")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 9000000}, "merges": []}}""", "t.json: 'model.vocab' has 1 tokens, but the id 9000000 for 'a'; ids are expected to be nearly without gaps.")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0, "a": 1}, "merges": []}}""", "t.json: 'model.vocab' has the token 'a' twice.")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0, "b": 0}, "merges": []}}""", "t.json: 'model.vocab' gives the id 0 to both 'a' and 'b'.")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": {"a": 1}}}""", "t.json: 'model.merges' is not an array of merges.")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a  a"]}}""", """t.json: 'model.merges' has at place 0 something other than "a b" or ["a", "b"].""")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a q"]}}""", "t.json: 'model.merges' has at place 0 the token 'q', which is not in the vocabulary.")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a a"]}}""", "t.json: 'model.merges' has at place 0 the token 'aa', which is not in the vocabulary.")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [], "unk_token": "<unk>"}}""", "t.json: 'model.unk_token' is not in the vocabulary.")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [], "dropout": 0.1}}""", "t.json: 'model.dropout' is not 0; encoding at random is not supported.")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [], "byte_fallback": "yes"}}""", "t.json: 'model.byte_fallback' is a string; expected true or false.")]
    public void Parse_BrokenModel_SaysWhatIsWrong(string json, string message) => AssertFails(json, message);

    [Theory]
    [InlineData(""" "normalizer": {"type": "Nmt"} """, "t.json: 'normalizer' is a normalizer of the kind 'Nmt'; supported are Sequence, Prepend, Replace, NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents, BertNormalizer, ByteLevel.")]
    [InlineData(""" "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, 7]} """, "t.json: 'normalizer.normalizers[1]' is 7; expected an object.")]
    [InlineData(""" "normalizer": {"type": "Replace", "pattern": {"String": ""}, "content": ""} """, "t.json: 'normalizer.pattern.String' is empty; expected the text to look for.")]
    [InlineData(""" "pre_tokenizer": {"kind": "ByteLevel"} """, "t.json: 'pre_tokenizer' has no 'type'.")]
    [InlineData(""" "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a"}, "behavior": "Isolated"} """, "t.json: 'pre_tokenizer.pattern.Regex' has an opening parenthesis without a closing one (at character 2).")]
    [InlineData(""" "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "[a"}, "behavior": "Isolated"} """, "t.json: 'pre_tokenizer.pattern.Regex' has an opening bracket without a closing one (at character 2).")]
    [InlineData(""" "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "\\p{Klingon}"}, "behavior": "Isolated"} """, "t.json: 'pre_tokenizer.pattern.Regex' has \\p{Klingon}, which is not supported; Unicode's general categories are (at character 11).")]
    [InlineData(""" "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a*)*b"}, "behavior": "Isolated"} """, "t.json: 'pre_tokenizer.pattern.Regex' repeats something that can be empty.")]
    [InlineData(""" "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "((a{999}){999}){999}"}, "behavior": "Isolated"} """, "t.json: 'pre_tokenizer.pattern.Regex' repeats too much; counts below a few thousand are supported.")]
    [InlineData(""" "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a)\\1"}, "behavior": "Isolated"} """, "t.json: 'pre_tokenizer.pattern.Regex' has the escape \\1, which is not supported (at character 5).")]
    [InlineData(""" "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "a"}, "behavior": "Merged"} """, "t.json: 'pre_tokenizer.behavior' is not a split behavior; supported are Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous.")]
    [InlineData(""" "pre_tokenizer": {"type": "Metaspace", "replacement": "__"} """, "t.json: 'pre_tokenizer.replacement' is a string of 2 UTF-16 units; expected a single character.")]
    [InlineData(""" "post_processor": {"type": "TemplateProcessing", "single": []} """, "t.json: 'post_processor.single' does not hold the sequence A exactly once.")]
    [InlineData(""" "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>"}}], "special_tokens": {}} """, "t.json: 'post_processor.single[0].SpecialToken.id' is not among the post-processor's 'special_tokens'.")]
    [InlineData(""" "decoder": {"type": "Strip", "content": " ", "start": 1e9, "stop": 0} """, "t.json: 'decoder.start' is 1e9; expected an integer from 0 to 1000.")]
    [InlineData(""" "added_tokens": [{"id": 3, "content": ""}] """, "t.json: 'added_tokens[0].content' is empty; expected the token's text.")]
    [InlineData(""" "added_tokens": [{"id": 1, "content": "x"}] """, "t.json: 'added_tokens[0]' has the id 1, which belongs to another token.")]
    [InlineData(""" "added_tokens": [{"id": 3, "content": "a"}] """, "t.json: 'added_tokens[0]' has the id 3, but the vocabulary gives the same token the id 0.")]
    [InlineData(""" "added_tokens": [{"id": 2147483648, "content": "x"}] """, "t.json: 'added_tokens[0].id' is 2147483648; expected an integer from 0 to 9999999.")]
    public void Parse_BrokenPart_SaysWhatIsWrong(string part, string message) => AssertFails($$"""{{{part}}, "model": {{Model}}}""", message);

    [Fact]
    public void Parse_DeeplyNested_SaysSo()
    {
        var nested = new StringBuilder().Insert(0, """{"type": "Sequence", "normalizers": [""", 5000).Insert(0, """{"normalizer": """).ToString();

        var error = Assert.Throws<ModelFileException>(() => Tokenizer.Parse(nested, "t.json"));

        Assert.StartsWith("t.json is not valid JSON at line 1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"bos_token": 5}""", ": 'bos_token' is 5; expected a string.")]
    [InlineData("""{"eos_token": {"id": 5}}""", ": 'eos_token' has no 'content'.")]
    [InlineData("""{"model_max_length": "long"}""", ": 'model_max_length' is not a number of tokens.")]
    [InlineData("""nothing""", " is not valid JSON at line 1, byte 2.")]
    public void Load_BrokenConfig_SaysWhatIsWrong(string config, string message)
    {
        var folder = Directory.CreateTempSubdirectory("rlhfhub-tokenizer-");
        try
        {
            var path = Path.Combine(folder.FullName, "tokenizer_config.json");
            File.WriteAllText(path, config);

            var error = Assert.Throws<ModelFileException>(() => Tokenizer.Load(folder.FullName));

            Assert.Equal(path + message, error.Message);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Load_NoFile_SaysWhichIsMissing()
    {
        var folder = Path.Combine(Path.GetTempPath(), "no-such-model");

        var error = Assert.Throws<ModelFileException>(() => Tokenizer.Load(folder));

        Assert.Equal($"{Path.Combine(folder, "tokenizer.json")} was not found; a model folder holds its tokenizer in it.", error.Message);
    }

    [Fact]
    public void Encode_PatternThatBacktracksWithoutEnd_StopsWithASentence()
    {
        var tokenizer = Tokenizer.Parse($$$"""{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a|a|aa)+b"}, "behavior": "Isolated"}, "model": {{{Model}}}}""", "t.json");

        var error = Assert.Throws<ModelFileException>(() => tokenizer.Encode(new string('a', 200)));

        Assert.Equal("t.json: 'pre_tokenizer.pattern.Regex' takes too many steps on a text of 200 characters.", error.Message);
    }

    [Fact]
    public void Encode_NormalizersThatMultiply_StopWithASentence()
    {
        var step = """{"type": "Replace", "pattern": {"String": "a"}, "content": "aaaaaaaaaaaaaaaa"}""";
        var steps = string.Join(", ", Enumerable.Repeat(step, 12));
        var tokenizer = Tokenizer.Parse($$"""{"normalizer": {"type": "Sequence", "normalizers": [{{steps}}]}, "model": {{Model}}}""", "t.json");

        var error = Assert.Throws<ModelFileException>(() => tokenizer.Encode("a"));

        Assert.StartsWith("t.json: 'normalizer", error.Message, StringComparison.Ordinal);
    }

    private static void AssertFails(string json, string message)
    {
        var error = Assert.Throws<ModelFileException>(() => Tokenizer.Parse(json, "t.json"));

        Assert.Equal(message, error.Message);
    }
}
