using RlhfHub.Training.Tokenization.Patterns;

namespace RlhfHub.Training.Tokenization.PreTokenizers;

/// <summary>Splits at punctuation: ASCII's, symbols included, and every other script's.</summary>
internal sealed class PunctuationPreTokenizer(SplitBehavior behavior) : IPreTokenizer
{
    public List<TextPiece> Split(List<TextPiece> pieces) => PieceSplitter.SplitAt(pieces, UnicodeProperties.PunctuationOrAsciiSymbol, behavior);

    public static PunctuationPreTokenizer Read(JsonSection section) =>
        new(section.Find("behavior") is { } behavior ? SplitBehaviors.Read(behavior) : SplitBehavior.Isolated);
}
