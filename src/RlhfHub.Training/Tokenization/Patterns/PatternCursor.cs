using System.Globalization;

namespace RlhfHub.Training.Tokenization.Patterns;

/// <summary>A place in a pattern's text, and the escapes that mean the same inside and outside brackets.</summary>
internal sealed class PatternCursor(string pattern)
{
    private int position;

    public bool IsAtEnd => position >= pattern.Length;

    public char Current => pattern[position];

    public char PeekSecond => position + 1 < pattern.Length ? pattern[position + 1] : '\0';

    public void Skip(int count = 1) => position += count;

    public bool Take(char expected)
    {
        if (IsAtEnd || pattern[position] != expected) return false;
        position++;
        return true;
    }

    public bool Take(string expected)
    {
        if (!pattern.AsSpan(position).StartsWith(expected, StringComparison.Ordinal)) return false;
        position += expected.Length;
        return true;
    }

    /// <summary>The text from here to before <paramref name="end"/>, or null when that does not come.</summary>
    public string? PeekUntil(char end)
    {
        var length = pattern.AsSpan(position).IndexOf(end);
        return length < 0 ? null : pattern.Substring(position, length);
    }

    public int TakeCodePoint()
    {
        var first = pattern[position++];
        if (!char.IsHighSurrogate(first) || IsAtEnd || !char.IsLowSurrogate(pattern[position])) return first;
        return char.ConvertToUtf32(first, pattern[position++]);
    }

    /// <summary>Takes <c>\s</c>, <c>\p{L}</c> and their like; null when no such escape begins here.</summary>
    public CodePointSet? TakeEscapedSet(bool isInBrackets)
    {
        var letter = PeekSecond;
        if (letter is 'p' or 'P') return TakeProperty();
        var word = isInBrackets ? UnicodeProperties.Word : UnicodeProperties.WordOutsideBrackets;
        var set = letter switch
        {
            's' => UnicodeProperties.WhiteSpace,
            'S' => UnicodeProperties.WhiteSpace.Negated(),
            'd' => UnicodeProperties.Digit,
            'D' => UnicodeProperties.Digit.Negated(),
            'w' => word,
            'W' => word.Negated(),
            'h' => UnicodeProperties.HexDigit,
            'H' => UnicodeProperties.HexDigit.Negated(),
            _ => null,
        };
        if (set is not null) Skip(2);
        return set;
    }

    /// <summary>Takes <c>\n</c>, <c>\u0041</c>, <c>\.</c> and their like.</summary>
    public int TakeEscapedCodePoint()
    {
        Skip();
        if (IsAtEnd) throw Error("ends in a backslash");
        var codePoint = TakeCodePoint();
        switch (codePoint)
        {
            case 't': return '\t';
            case 'n': return '\n';
            case 'r': return '\r';
            case 'f': return '\f';
            case 'v': return '\v';
            case 'a': return '\a';
            case 'e': return 0x1B;
            case 'u': return TakeHexadecimal(4);
            case 'x': return Take('{') ? TakeBracedHexadecimal() : TakeHexadecimal(2);
        }
        if (codePoint < 128 && char.IsAsciiLetterOrDigit((char)codePoint)) throw Error($"has the escape \\{(char)codePoint}, which is not supported");
        return codePoint;
    }

    public PatternException Error(string what) => new($"{what} (at character {Math.Min(position, pattern.Length)})");

    private CodePointSet TakeProperty()
    {
        var isNegated = PeekSecond == 'P';
        Skip(2);
        if (!Take('{') || PeekUntil('}') is not { } name) throw Error("has \\p without a name in braces");
        Skip(name.Length + 1);
        if (name.StartsWith('^'))
        {
            isNegated = !isNegated;
            name = name[1..];
        }
        var set = UnicodeProperties.Find(name) ?? throw Error($"has \\p{{{name}}}, which is not supported; Unicode's general categories are");
        return isNegated ? set.Negated() : set;
    }

    private int TakeHexadecimal(int digits)
    {
        if (position + digits > pattern.Length) throw Error("ends inside an escape");
        var value = ParseHexadecimal(pattern.AsSpan(position, digits));
        Skip(digits);
        return value;
    }

    private int TakeBracedHexadecimal()
    {
        var digits = PeekUntil('}');
        if (digits is null || digits.Length > 8) throw Error("has \\x{ without one to eight digits and a closing brace");
        var value = ParseHexadecimal(digits);
        Skip(digits.Length + 1);
        return value;
    }

    private int ParseHexadecimal(ReadOnlySpan<char> digits) =>
        int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 0x10FFFF
            ? value
            : throw Error($"has the number '{digits}' where a hexadecimal code point is expected");
}
