namespace RlhfHub.Training.Tokenization.PreTokenizers;

/// <summary>SentencePiece's way: spaces become a visible character (▁), words begin with it.</summary>
internal sealed class MetaspacePreTokenizer(string replacement, PrependScheme scheme, bool splits) : IPreTokenizer
{
    public List<TextPiece> Split(List<TextPiece> pieces)
    {
        var output = new List<TextPiece>();
        var matches = new List<(int Start, int End)>();
        foreach (var piece in pieces)
        {
            var text = piece.Span.ToString().Replace(" ", replacement, StringComparison.Ordinal);
            var prepends = scheme == PrependScheme.Always || (scheme == PrependScheme.First && piece.StartsInput);
            if (prepends && !text.StartsWith(replacement, StringComparison.Ordinal)) text = replacement + text;
            var whole = TextPiece.Whole(text, piece.StartsInput);
            if (!splits)
            {
                output.Add(whole);
                continue;
            }
            matches.Clear();
            for (var at = text.IndexOf(replacement, StringComparison.Ordinal); at >= 0; at = text.IndexOf(replacement, at + replacement.Length, StringComparison.Ordinal))
                matches.Add((at, at + replacement.Length));
            PieceSplitter.Cut(whole, matches, isInverted: false, SplitBehavior.MergedWithNext, output);
        }
        return output;
    }

    public static MetaspacePreTokenizer Read(JsonSection section) =>
        new(section.Require("replacement").AsCharacter(), PrependSchemes.Read(section), section.FindBoolean("split", true));
}
