using RlhfHub.Training.Data.Formats;
using RlhfHub.Training.Data.Tokens;

namespace RlhfHub.Training.Tests.Data.Tokens;

public sealed class TruncationTests
{
    private const string Row = """{"prompt": "One two three four", "completion": " five six seven"}""";

    private static readonly TokenSequence Whole = Encode(new() { MaxLength = null })!;

    [Fact]
    public void Encode_AtTheLimit_StaysWhole() => Assert.Equal(Whole.Ids, Encode(new() { MaxLength = Whole.Ids.Length })!.Ids);

    [Theory]
    [InlineData(TruncationMode.KeepStart)]
    [InlineData(TruncationMode.KeepEnd)]
    public void Encode_OverTheLimit_KeepsOneEndOfIdsAndMask(TruncationMode mode)
    {
        var limit = Whole.PromptLength + 1;
        var range = mode == TruncationMode.KeepStart ? ..limit : ^limit..;

        var cut = Encode(new() { MaxLength = limit, TruncationMode = mode })!;

        Assert.Equal(Whole.Ids[range], cut.Ids);
        Assert.Equal(Whole.LossMask[range], cut.LossMask);
        Assert.Null(Encode(new() { MaxLength = limit, TruncationMode = TruncationMode.Drop }));
    }

    [Fact]
    public void Encode_PromptFillsTheLimit_IsDroppedUnlessTheEndIsKept()
    {
        Assert.Null(Encode(new() { MaxLength = Whole.PromptLength }));
        Assert.NotNull(Encode(new() { MaxLength = Whole.PromptLength + 1 }));
        Assert.NotNull(Encode(new() { MaxLength = Whole.PromptLength, TruncationMode = TruncationMode.KeepEnd }));
    }

    [Fact]
    public void Encode_PromptLimit_KeepsThePromptsEndAndTheWholeReply()
    {
        var cut = Encode(new() { MaxPromptLength = 2 })!;

        Assert.Equal(Whole.Ids[(Whole.PromptLength - 2)..], cut.Ids);
        Assert.Equal(2, cut.PromptLength);
        Assert.Equal(3, Encode(new() { MaxPromptLength = 2, MaxLength = 3 })!.Ids.Length);
    }

    [Fact]
    public void Encode_OneReplyOfAPairVanishes_ThePairIsDropped()
    {
        var row = DataFiles.One(Preference.Format, """{"prompt": "One two three four", "chosen": " five", "rejected": " six"}""");
        var prompt = Encoder(new()).Encode(row)!.Chosen.PromptLength;

        Assert.Null(Encoder(new() { MaxLength = prompt }).Encode(row));
        Assert.NotNull(Encoder(new() { MaxLength = prompt + 1 }).Encode(row));
    }

    [Fact]
    public void Of_SomeVanish_CountsThem()
    {
        using var files = new DataFiles();
        var rows = files.Read(PromptCompletion.Format, Row, """{"prompt": "One", "completion": " two"}""", Row);

        var left = TokenizedDataset<TokenSequence>.Of(rows, Encoder(new() { MaxLength = Whole.PromptLength }).Encode);

        Assert.Equal((1, 2), (left.Examples.Count, left.Dropped));
        Assert.Equal((2, 1), (left.Examples[0].Place.Line, left.FirstDropped!.Value.Line));
        var error = Assert.Throws<InvalidInputException>(() => TokenizedDataset<TokenSequence>.Of(rows, Encoder(new() { MaxLength = 2 }).Encode));
        Assert.EndsWith("data.jsonl line 1: too long to leave anything to learn within the length limit, as are all 3 examples of the file; expected shorter ones, or a higher 'max_length'.", error.Message);
    }

    private static ExampleTokenizer Encoder(TokenizationOptions options) => new(TokenizerModels.Trained, null, options);

    private static TokenSequence? Encode(TokenizationOptions options) => Encoder(options).Encode(DataFiles.One(PromptCompletion.Format, Row));
}
