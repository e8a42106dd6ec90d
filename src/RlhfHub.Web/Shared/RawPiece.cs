using System.Globalization;
using System.Text;

namespace RlhfHub.Web.Shared;

/// <summary>A piece of a text: written signs as they are, or one sign that nobody can see, by its code.</summary>
/// <param name="Text">What is shown.</param>
/// <param name="Name">The sign's code in full; null for written signs.</param>
internal sealed record RawPiece(string Text, string? Name = null)
{
    // So many are marked; a text made of nothing else is not worth a million elements.
    private const int MostMarked = 2000;

    /// <summary>Cuts a text before and after each sign that is invisible or turns the direction of writing.</summary>
    public static IReadOnlyList<RawPiece> Of(string text)
    {
        List<RawPiece> pieces = [];
        var written = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsInvisible(rune))
            {
                written.Append(rune);
                continue;
            }
            if (pieces.Count >= MostMarked)
            {
                written.Append('\uFFFD');
                continue;
            }
            if (written.Length > 0) pieces.Add(new(written.ToString()));
            written.Clear();
            pieces.Add(new($"{rune.Value:X4}", $"U+{rune.Value:X4}"));
        }
        if (written.Length > 0) pieces.Add(new(written.ToString()));
        return pieces;
    }

    /// <summary>A text in one line, for a quotation: invisible signs are left out.</summary>
    public static string Line(string text) => string.Concat(text.EnumerateRunes().Select(rune => Rune.IsWhiteSpace(rune) ? " " : IsInvisible(rune) ? "" : rune.ToString()));

    // Joiners shape letters in many scripts and emoji; in the raw view they are named all the same.
    private static bool IsInvisible(Rune rune) => rune.Value is not ('\n' or '\r' or '\t')
        && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse;
}
