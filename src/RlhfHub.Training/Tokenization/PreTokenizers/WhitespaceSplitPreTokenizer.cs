using RlhfHub.Training.Tokenization.Patterns;

namespace RlhfHub.Training.Tokenization.PreTokenizers;

/// <summary>Splits at white space and drops it.</summary>
internal sealed class WhitespaceSplitPreTokenizer : IPreTokenizer
{
    public List<TextPiece> Split(List<TextPiece> pieces) => PieceSplitter.SplitAt(pieces, UnicodeProperties.WhiteSpace, SplitBehavior.Removed);
}
