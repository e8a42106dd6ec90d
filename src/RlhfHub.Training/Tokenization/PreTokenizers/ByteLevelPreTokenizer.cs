using System.Text;
using RlhfHub.Training.Tokenization.Bpe;
using RlhfHub.Training.Tokenization.Patterns;

namespace RlhfHub.Training.Tokenization.PreTokenizers;

/// <summary>GPT-2's splitting (where asked for), then each UTF-8 byte as one visible character.</summary>
internal sealed class ByteLevelPreTokenizer(bool addsPrefixSpace, bool usesPattern) : IPreTokenizer
{
    public const string Gpt2Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private static readonly SplitPreTokenizer Splitter = new(Pattern.Parse(Gpt2Pattern, "GPT-2's pattern"), SplitBehavior.Isolated, isInverted: false);

    public List<TextPiece> Split(List<TextPiece> pieces)
    {
        if (addsPrefixSpace) pieces = [.. pieces.Select(WithSpace)];
        if (usesPattern) pieces = Splitter.Split(pieces);
        return Encode(pieces);
    }

    // One string for all pieces: a string for each would be most of the work on ordinary text.
    private static List<TextPiece> Encode(List<TextPiece> pieces)
    {
        var text = new StringBuilder();
        var ends = new List<int>(pieces.Count);
        foreach (var piece in pieces)
        {
            ByteAlphabet.Append(piece.Span, text);
            ends.Add(text.Length);
        }
        var encoded = text.ToString();
        var output = new List<TextPiece>(pieces.Count);
        var start = 0;
        for (var i = 0; i < ends.Count; i++)
        {
            output.Add(new TextPiece(encoded, start, ends[i] - start, pieces[i].StartsInput));
            start = ends[i];
        }
        return output;
    }

    private static TextPiece WithSpace(TextPiece piece) =>
        piece.Length > 0 && piece.Span[0] == ' ' ? piece : TextPiece.Whole(string.Concat(" ", piece.Span), piece.StartsInput);

    public static ByteLevelPreTokenizer Read(JsonSection section) => new(section.FindBoolean("add_prefix_space", true), section.FindBoolean("use_regex", true));
}
