using RlhfHub.Training.Tokenization.Patterns;

namespace RlhfHub.Training.Tokenization.PreTokenizers;

/// <summary>Parts numbers (category N, all scripts) from the rest, each digit by itself or runs of them.</summary>
internal sealed class DigitsPreTokenizer(bool areIndividual) : IPreTokenizer
{
    public List<TextPiece> Split(List<TextPiece> pieces) =>
        PieceSplitter.SplitAt(pieces, UnicodeProperties.Number, areIndividual ? SplitBehavior.Isolated : SplitBehavior.Contiguous);

    public static DigitsPreTokenizer Read(JsonSection section) => new(section.FindBoolean("individual_digits", false));
}
