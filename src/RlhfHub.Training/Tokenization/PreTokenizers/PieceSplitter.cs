using RlhfHub.Training.Tokenization.Patterns;

namespace RlhfHub.Training.Tokenization.PreTokenizers;

/// <summary>Cuts a piece where something matches, following a <see cref="SplitBehavior"/>.</summary>
internal static class PieceSplitter
{
    /// <summary>Cuts at the characters of a set, each a match of its own.</summary>
    public static List<TextPiece> SplitAt(List<TextPiece> pieces, CodePointSet set, SplitBehavior behavior)
    {
        var matches = new List<(int Start, int End)>();
        var output = new List<TextPiece>(pieces.Count);
        foreach (var piece in pieces)
        {
            matches.Clear();
            var position = 0;
            foreach (var rune in piece.Span.EnumerateRunes())
            {
                if (set.Contains(rune.Value)) matches.Add((position, position + rune.Utf16SequenceLength));
                position += rune.Utf16SequenceLength;
            }
            Cut(piece, matches, isInverted: false, behavior, output);
        }
        return output;
    }

    /// <param name="piece">What is cut.</param>
    /// <param name="matches">From left to right, not overlapping.</param>
    /// <param name="isInverted">The text between the matches counts as the matches.</param>
    /// <param name="behavior">What becomes of the matches.</param>
    /// <param name="output">Gets the new pieces.</param>
    public static void Cut(TextPiece piece, List<(int Start, int End)> matches, bool isInverted, SplitBehavior behavior, List<TextPiece> output)
    {
        var parts = new List<(int Start, int End, bool IsMatch)>(matches.Count * 2 + 1);
        var end = 0;
        foreach (var match in matches)
        {
            if (match.Start > end) parts.Add((end, match.Start, isInverted));
            parts.Add((match.Start, match.End, !isInverted));
            end = match.End;
        }
        if (end < piece.Length) parts.Add((end, piece.Length, isInverted));

        switch (behavior)
        {
            case SplitBehavior.Removed:
                parts.RemoveAll(part => part.IsMatch);
                break;
            case SplitBehavior.Contiguous:
                Join(parts, (part, previousIsMatch) => part.IsMatch == previousIsMatch);
                break;
            case SplitBehavior.MergedWithPrevious:
                Join(parts, (part, previousIsMatch) => part.IsMatch && !previousIsMatch);
                break;
            case SplitBehavior.MergedWithNext:
                parts.Reverse();
                Join(parts, (part, previousIsMatch) => part.IsMatch && !previousIsMatch);
                parts.Reverse();
                break;
        }
        foreach (var part in parts)
        {
            if (part.End > part.Start) output.Add(piece.Slice(part.Start, part.End));
        }
    }

    private static void Join(List<(int Start, int End, bool IsMatch)> parts, Func<(int Start, int End, bool IsMatch), bool, bool> joinsPrevious)
    {
        var previousIsMatch = false;
        var write = 0;
        foreach (var part in parts.ToArray())
        {
            if (write > 0 && joinsPrevious(part, previousIsMatch))
            {
                var last = parts[write - 1];
                parts[write - 1] = (Math.Min(last.Start, part.Start), Math.Max(last.End, part.End), last.IsMatch);
            }
            else
            {
                parts[write++] = part;
            }
            previousIsMatch = part.IsMatch;
        }
        parts.RemoveRange(write, parts.Count - write);
    }
}
