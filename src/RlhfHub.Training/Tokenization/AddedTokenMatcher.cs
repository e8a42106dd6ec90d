using System.Buffers;
using RlhfHub.Training.Tokenization.Patterns;

namespace RlhfHub.Training.Tokenization;

/// <summary>Finds added tokens in a text: the leftmost first, the longest of those that begin at one place.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly Node root = new();
    private readonly SearchValues<char> firsts;

    /// <param name="tokens">The tokens and the texts to find them by.</param>
    public AddedTokenMatcher(IEnumerable<(string Text, AddedToken Token)> tokens)
    {
        foreach (var (text, token) in tokens)
        {
            var node = root;
            foreach (var character in text) node = node.Children.TryGetValue(character, out var child) ? child : node.Children[character] = new Node();
            // An empty text would match everywhere.
            if (node != root) node.Token ??= token;
        }
        firsts = SearchValues.Create([.. root.Children.Keys]);
    }

    /// <summary>The text in parts: found tokens, and what stands between them with no token.</summary>
    public List<(AddedToken? Token, int Start, int End)> Split(ReadOnlySpan<char> text)
    {
        var parts = new List<(AddedToken? Token, int Start, int End)>();
        var done = 0;
        for (var position = 0; position < text.Length;)
        {
            var offset = text[position..].IndexOfAny(firsts);
            if (offset < 0) break;
            position += offset;
            if (Longest(text, position) is not ({ } token, var end))
            {
                position++;
                continue;
            }
            var (start, stop) = (position, end);
            position = end;
            if (token.IsSingleWord && (IsWordBefore(text, start) || IsWordAfter(text, end))) continue;
            if (token.StripsLeft)
            {
                while (start > done && UnicodeProperties.WhiteSpace.Contains(text[start - 1])) start--;
            }
            if (token.StripsRight)
            {
                while (stop < text.Length && UnicodeProperties.WhiteSpace.Contains(text[stop])) stop++;
            }
            if (start > done) parts.Add((null, done, start));
            parts.Add((token, start, stop));
            done = stop;
        }
        if (done < text.Length) parts.Add((null, done, text.Length));
        return parts;
    }

    private (AddedToken Token, int End)? Longest(ReadOnlySpan<char> text, int start)
    {
        (AddedToken, int)? best = null;
        var node = root;
        for (var position = start; position < text.Length && node.Children.TryGetValue(text[position], out node); position++)
        {
            if (node.Token is { } token) best = (token, position + 1);
        }
        return best;
    }

    private static bool IsWordBefore(ReadOnlySpan<char> text, int position) =>
        position > 0 && IsWord(char.IsLowSurrogate(text[position - 1]) && position > 1 ? char.ConvertToUtf32(text[position - 2], text[position - 1]) : text[position - 1]);

    private static bool IsWordAfter(ReadOnlySpan<char> text, int position) =>
        position < text.Length
            && IsWord(char.IsHighSurrogate(text[position]) && position + 1 < text.Length ? char.ConvertToUtf32(text[position], text[position + 1]) : text[position]);

    // Joiners count as parts of words here, as in the regex crate's \w.
    private static bool IsWord(int codePoint) => codePoint is 0x200C or 0x200D || UnicodeProperties.Word.Contains(codePoint);

    private sealed class Node
    {
        public Dictionary<char, Node> Children { get; } = [];
        public AddedToken? Token { get; set; }
    }
}
