namespace RlhfHub.Worker.Tests.Verbs;

public sealed class TokenizeVerbTests(TinyModel model) : IClassFixture<TinyModel>
{
    [Fact]
    public void Tokenize_ThenDecode_GivesTheLinesBack()
    {
        const string lines = "Hello, world\n  two  spaces\n\nünï 😀\n";

        var ids = Tokenize(lines);
        var text = Tokenize(ids.Output, "--decode");

        Assert.Equal(lines, text.Output);
    }

    [Fact]
    public void Tokenize_Chat_RendersTheTemplate()
    {
        var rendered = Tokenize("""[{"role": "user", "content": "Hi"}]""", "--chat");

        Assert.Contains("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", rendered.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokenize_Json_GivesIdsAndTokens()
    {
        var row = Tokenize("a", "--json").Json.Single();

        Assert.Equal("a", row.GetProperty("text").GetString());
        Assert.Equal(row.GetProperty("ids").GetArrayLength(), row.GetProperty("tokens").GetArrayLength());
    }

    [Theory]
    [InlineData("1 x", "Input line 1: 'x' is no token id", "--decode")]
    [InlineData("1\n99999", "Input line 2: '99999' is no token id", "--decode")]
    [InlineData("hello", "Input line 1: not valid JSON", "--chat")]
    [InlineData("""[{"role":"user","content":"\ud800"}]""", "Input line 1: not valid JSON", "--chat")]
    [InlineData("""[{"role":"user","role":"user","content":"a"}]""", "Input line 1: not valid JSON", "--chat")]
    [InlineData("{}", "Input line 1: expected a list of messages", "--chat")]
    public void Tokenize_BadLine_NamesIt(string input, string message, string flag) => Tokenize(input, flag).AssertRefused(1, message);

    [Fact]
    public void Tokenize_DecodeAndChat_ExcludeEachOther() => Tokenize("", "--decode", "--chat").AssertRefused(2, "--decode and --chat exclude each other");

    [Fact]
    public void Tokenize_NoTokenizer_NamesTheFile() => Verb.Run("tokenize", "--model", Path.GetTempPath()).AssertRefused(1, "tokenizer.json");

    private Verb Tokenize(string input, params string[] args) => Verb.RunWith(input, ["tokenize", "--model", model.Folder, .. args]);
}
