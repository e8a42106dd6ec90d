using System.Globalization;
using System.Text;

namespace RlhfHub.Training.Tokenization.Templates.Syntax;

/// <summary>Cuts the inside of one <c>{{ ... }}</c> or <c>{% ... %}</c> into tokens and finds its end: the first closing mark outside all brackets.</summary>
internal sealed class TagLexer(string source, List<Token> tokens)
{
    private static readonly string[] LongOperators = ["//", "**", "==", "!=", ">=", "<="];
    private const string ShortOperators = "+-/*%~[](){}><=.:|,;";

    private readonly Stack<char> expectedClosers = new();

    /// <summary>Reads from the first character after the opening mark; gives where the text after the tag starts.</summary>
    public int Read(int position, bool isBlock)
    {
        while (true)
        {
            position = PythonWhitespace.SkipFrom(source, position);
            if (position >= source.Length)
                throw new TemplateFault($"the template ends inside a tag; expected '{(isBlock ? "%}" : "}}")}'", source.Length);

            if (expectedClosers.Count == 0 && EndAt(position, isBlock) is { } after)
            {
                tokens.Add(new Token(isBlock ? TokenKind.BlockEnd : TokenKind.VariableEnd, null, position));
                return after;
            }

            position = ReadToken(position);
        }
    }

    private int? EndAt(int at, bool isBlock)
    {
        var close = isBlock ? "%}" : "}}";
        if (Follows(at, "-" + close))
            return PythonWhitespace.SkipFrom(source, at + 3);

        if (isBlock && Follows(at, "+%}"))
            return at + 3;

        if (!Follows(at, close))
            return null;

        var after = at + 2;
        return isBlock && after < source.Length && source[after] == '\n' ? after + 1 : after;
    }

    private int ReadToken(int at)
    {
        var first = source[at];
        if (char.IsAsciiDigit(first))
            return ReadNumber(at);

        if (first == '_' || char.IsLetter(first))
            return ReadName(at);

        return first is '\'' or '"' ? ReadString(at) : ReadOperator(at);
    }

    private int ReadName(int at)
    {
        var end = at;
        while (end < source.Length && (source[end] == '_' || char.IsLetterOrDigit(source[end])))
            end++;

        tokens.Add(new Token(TokenKind.Name, source[at..end], at));
        return end;
    }

    private int ReadNumber(int at)
    {
        var end = SkipDigits(at);
        var isFloat = false;

        // After a dot, digits are an index (item.0.1), never a fraction.
        var mayBeFloat = at == 0 || source[at - 1] != '.';
        if (mayBeFloat && end + 1 < source.Length && source[end] == '.' && char.IsAsciiDigit(source[end + 1]))
        {
            end = SkipDigits(end + 1);
            isFloat = true;
        }

        if (mayBeFloat && end < source.Length && source[end] is 'e' or 'E')
        {
            var exponent = end + 1;
            if (exponent < source.Length && source[exponent] is '+' or '-')
                exponent++;

            if (exponent < source.Length && char.IsAsciiDigit(source[exponent]))
            {
                end = SkipDigits(exponent);
                isFloat = true;
            }
        }

        var digits = source[at..end].Replace("_", "");
        if (isFloat)
            tokens.Add(new Token(TokenKind.Float, double.Parse(digits, CultureInfo.InvariantCulture), at));
        else if (digits.Length > 1 && digits[0] == '0' && digits.Trim('0').Length > 0)
            throw new TemplateFault($"'{Shorten(digits)}' is not a number; write it without the leading zero", at);
        else if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var integer))
            tokens.Add(new Token(TokenKind.Integer, integer, at));
        else
            throw new TemplateFault($"the number '{Shorten(digits)}' is larger than 64 bits", at);

        return end;
    }

    // 1_000: single underscores may part the digits.
    private int SkipDigits(int at)
    {
        while (at < source.Length && (char.IsAsciiDigit(source[at])
               || (source[at] == '_' && at + 1 < source.Length && char.IsAsciiDigit(source[at + 1]))))
            at++;

        return at;
    }

    private int ReadString(int at)
    {
        var quote = source[at];
        var end = at + 1;
        while (end < source.Length && source[end] != quote)
            end += source[end] == '\\' ? 2 : 1;

        if (end >= source.Length)
            throw new TemplateFault("a string is opened and never closed", at);

        tokens.Add(new Token(TokenKind.String, StringEscapes.Unescape(source[(at + 1)..end], at), at));
        return end + 1;
    }

    private int ReadOperator(int at)
    {
        foreach (var symbol in LongOperators)
        {
            if (Follows(at, symbol))
            {
                tokens.Add(new Token(TokenKind.Operator, symbol, at));
                return at + 2;
            }
        }

        var first = source[at];
        if (!ShortOperators.Contains(first))
            throw new TemplateFault($"unexpected character '{FirstRune(at)}'", at);

        Balance(first, at);
        tokens.Add(new Token(TokenKind.Operator, first.ToString(), at));
        return at + 1;
    }

    private void Balance(char symbol, int at)
    {
        if (symbol is '(' or '[' or '{')
            expectedClosers.Push(symbol switch { '(' => ')', '[' => ']', _ => '}' });
        else if (symbol is ')' or ']' or '}' && (expectedClosers.Count == 0 || expectedClosers.Pop() != symbol))
            throw new TemplateFault($"'{symbol}' closes nothing", at);
    }

    private Rune FirstRune(int at) => Rune.TryGetRuneAt(source, at, out var rune) ? rune : Rune.ReplacementChar;

    private static string Shorten(string digits) => digits.Length <= 24 ? digits : digits[..24] + "...";

    private bool Follows(int at, string word) => string.CompareOrdinal(source, at, word, 0, word.Length) == 0;
}
