using RlhfHub.Training.Tokenization.Patterns;

namespace RlhfHub.Training.Tokenization.PreTokenizers;

/// <summary>Drops white space and isolates punctuation.</summary>
internal sealed class BertPreTokenizer : IPreTokenizer
{
    public List<TextPiece> Split(List<TextPiece> pieces)
    {
        var words = PieceSplitter.SplitAt(pieces, UnicodeProperties.WhiteSpace, SplitBehavior.Removed);
        return PieceSplitter.SplitAt(words, UnicodeProperties.PunctuationOrAsciiSymbol, SplitBehavior.Isolated);
    }
}
