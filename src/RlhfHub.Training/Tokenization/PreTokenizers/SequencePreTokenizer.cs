namespace RlhfHub.Training.Tokenization.PreTokenizers;

/// <summary>One pre-tokenizer after the other.</summary>
internal sealed class SequencePreTokenizer(IPreTokenizer[] parts) : IPreTokenizer
{
    public List<TextPiece> Split(List<TextPiece> pieces)
    {
        foreach (var part in parts) pieces = part.Split(pieces);
        return pieces;
    }

    public static SequencePreTokenizer Read(JsonSection section) =>
        new([.. section.Require("pretokenizers").AsArray().Select(PreTokenizerCatalog.All.Read)]);
}
