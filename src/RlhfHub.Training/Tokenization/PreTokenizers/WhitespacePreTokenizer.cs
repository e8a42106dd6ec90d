using RlhfHub.Training.Tokenization.Patterns;

namespace RlhfHub.Training.Tokenization.PreTokenizers;

/// <summary>Runs of word characters and runs of other visible ones; white space is dropped.</summary>
internal sealed class WhitespacePreTokenizer : IPreTokenizer
{
    // The regex crate's \w, which this kind is defined by, has the two joiners that Oniguruma's has not.
    private static readonly SplitPreTokenizer Splitter =
        new(Pattern.Parse(@"[\w\u200C\u200D]+|[^\w\u200C\u200D\s]+", "Whitespace's pattern"), SplitBehavior.Removed, isInverted: true);

    public List<TextPiece> Split(List<TextPiece> pieces) => Splitter.Split(pieces);
}
