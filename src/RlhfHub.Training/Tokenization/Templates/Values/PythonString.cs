using System.Text;
using RlhfHub.Training.Tokenization.Templates.Syntax;

namespace RlhfHub.Training.Tokenization.Templates.Values;

/// <summary>A string as Python sees it: a row of code points, so that an emoji is one character.</summary>
internal static class PythonString
{
    public static int Length(string text)
    {
        var length = text.Length;
        for (var i = 1; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text[i - 1], text[i]))
                length--;
        }

        return length;
    }

    /// <summary>The string's characters, each as a string of its own.</summary>
    public static List<string> Characters(string text)
    {
        var characters = new List<string>(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var size = at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
            characters.Add(text.Substring(at, size));
            at += size;
        }

        return characters;
    }

    /// <summary>The character at a place, counted from the end when negative; null when there is none.</summary>
    public static string? At(string text, long index)
    {
        var isPlain = !text.AsSpan().ContainsAnyInRange('\ud800', '\udfff');
        var length = isPlain ? text.Length : Length(text);
        index += index < 0 ? length : 0;
        if (index < 0 || index >= length)
            return null;

        if (isPlain)
            return text[(int)index].ToString();

        var start = OffsetOf(text, (int)index);
        return text[start..OffsetOf(text, (int)index + 1)];
    }

    /// <summary>Where in the .NET string the character with this number starts.</summary>
    public static int OffsetOf(string text, int index)
    {
        var at = 0;
        for (; index > 0; index--)
            at += at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;

        return at;
    }

    /// <summary>Strips the characters of a set, or whitespace when the set is null, from the chosen ends.</summary>
    public static string Strip(string text, string? set, bool atStart = true, bool atEnd = true)
    {
        var start = 0;
        var end = text.Length;
        if (set is null)
        {
            while (atStart && start < end && PythonWhitespace.Is(text[start]))
                start++;
            while (atEnd && end > start && PythonWhitespace.Is(text[end - 1]))
                end--;

            return text[start..end];
        }

        var runes = set.EnumerateRunes().ToHashSet();
        while (atStart && start < end && Rune.TryGetRuneAt(text, start, out var first) && runes.Contains(first))
            start += first.Utf16SequenceLength;
        while (atEnd && end > start && Rune.DecodeLastFromUtf16(text.AsSpan(start, end - start), out var last, out var size) == System.Buffers.OperationStatus.Done
               && runes.Contains(last))
            end -= size;

        return text[start..end];
    }

    /// <summary>The first letter in upper case, the rest in lower.</summary>
    public static string Capitalize(string text) =>
        text.Length == 0 ? text : Upper(text[..OffsetOf(text, 1)]) + Lower(text[OffsetOf(text, 1)..]);

    public static string Upper(string text) => text.ToUpperInvariant().Replace("ß", "SS");

    public static string Lower(string text) => text.ToLowerInvariant();

    /// <summary>Python's order of strings: by code point. UTF-16's own order puts emoji before some rarer letters.</summary>
    public static int Compare(string left, string right)
    {
        var common = left.AsSpan().CommonPrefixLength(right);
        if (common == left.Length || common == right.Length)
            return left.Length.CompareTo(right.Length);

        var a = left[common];
        var b = right[common];
        return char.IsSurrogate(a) == char.IsSurrogate(b) ? a.CompareTo(b) : char.IsSurrogate(a) ? 1 : -1;
    }
}
