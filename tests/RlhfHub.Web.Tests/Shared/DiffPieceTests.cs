using RlhfHub.Web.Shared;

namespace RlhfHub.Web.Tests.Shared;

public sealed class DiffPieceTests
{
    [Fact]
    public void Between_OneWordChanged_NamesIt() =>
        Assert.Equal(
            [new(WordChange.None, "Water it "), new(WordChange.Out, "daily"), new(WordChange.In, "weekly"), new(WordChange.None, ".")],
            DiffPiece.Between("Water it daily.", "Water it weekly.")!);

    [Theory]
    [InlineData("", "")]
    [InlineData("", "new")]
    [InlineData("a b\n c", "a  b\nc d")]
    public void Between_AnyTexts_HoldsBothInFull(string old, string @new)
    {
        var pieces = DiffPiece.Between(old, @new)!;

        Assert.Equal(old, string.Concat(pieces.Where(piece => piece.Change != WordChange.In).Select(piece => piece.Text)));
        Assert.Equal(@new, string.Concat(pieces.Where(piece => piece.Change != WordChange.Out).Select(piece => piece.Text)));
    }

    [Fact]
    public void Between_VeryLongTexts_IsLeftOut() => Assert.Null(DiffPiece.Between(new string('a', 50_000), "a"));
}
