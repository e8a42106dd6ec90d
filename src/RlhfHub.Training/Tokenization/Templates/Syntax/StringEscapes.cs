using System.Globalization;
using System.Text;

namespace RlhfHub.Training.Tokenization.Templates.Syntax;

/// <summary>The backslash escapes of a Python string literal: <c>\n \t \\ \' \x41 \u00e9 \U0001F600 \101</c>. An unknown one stays as it is written.</summary>
internal static class StringEscapes
{
    public static string Unescape(string literal, int offset)
    {
        if (!literal.Contains('\\'))
            return literal;

        var text = new StringBuilder(literal.Length);
        for (var at = 0; at < literal.Length;)
        {
            if (literal[at] != '\\')
                text.Append(literal[at++]);
            else
                at = AppendEscape(text, literal, at + 1, offset);
        }

        return text.ToString();
    }

    private static int AppendEscape(StringBuilder text, string literal, int at, int offset)
    {
        var letter = literal[at];
        switch (letter)
        {
            case '\n': return at + 1; // a backslash at the end of a line joins it to the next
            case '\\' or '\'' or '"': text.Append(letter); return at + 1;
            case 'n': text.Append('\n'); return at + 1;
            case 't': text.Append('\t'); return at + 1;
            case 'r': text.Append('\r'); return at + 1;
            case 'a': text.Append('\a'); return at + 1;
            case 'b': text.Append('\b'); return at + 1;
            case 'f': text.Append('\f'); return at + 1;
            case 'v': text.Append('\v'); return at + 1;
            case 'x': return AppendHex(text, literal, at + 1, 2, offset);
            case 'u': return AppendHex(text, literal, at + 1, 4, offset);
            case 'U': return AppendHex(text, literal, at + 1, 8, offset);
            case 'N': throw new TemplateFault("the escape '\\N{...}' is not supported; write the character itself", offset);
            case >= '0' and <= '7': return AppendOctal(text, literal, at);
            default: text.Append('\\').Append(letter); return at + 1;
        }
    }

    private static int AppendHex(StringBuilder text, string literal, int at, int digits, int offset)
    {
        if (at + digits > literal.Length
            || !uint.TryParse(literal.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            || code > 0x10FFFF)
            throw new TemplateFault($"a string has a broken escape; expected {digits} hexadecimal digits of a character", offset);

        if (code > 0xFFFF)
            text.Append(new Rune(code).ToString());
        else
            text.Append((char)code);

        return at + digits;
    }

    private static int AppendOctal(StringBuilder text, string literal, int at)
    {
        var code = 0;
        var end = at;
        while (end < literal.Length && end < at + 3 && literal[end] is >= '0' and <= '7')
            code = code * 8 + (literal[end++] - '0');

        text.Append((char)code);
        return end;
    }
}
