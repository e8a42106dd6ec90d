using RlhfHub.Training.Tokenization.Patterns;

namespace RlhfHub.Training.Tokenization.PreTokenizers;

/// <summary>Splits at the matches of a pattern.</summary>
internal sealed class SplitPreTokenizer(Pattern pattern, SplitBehavior behavior, bool isInverted) : IPreTokenizer
{
    public List<TextPiece> Split(List<TextPiece> pieces)
    {
        var matches = new List<(int Start, int End)>();
        var output = new List<TextPiece>(pieces.Count);
        foreach (var piece in pieces)
        {
            matches.Clear();
            pattern.FindAll(piece.Span, matches);
            PieceSplitter.Cut(piece, matches, isInverted, behavior, output);
        }
        return output;
    }

    public static SplitPreTokenizer Read(JsonSection section) =>
        new(PatternReader.Read(section.Require("pattern")), SplitBehaviors.Read(section.Require("behavior")), section.FindBoolean("invert", false));
}
