namespace RlhfHub.Training.Tokenization.Templates.Syntax;

/// <summary>
/// Cuts a template into tokens, with Jinja's whitespace rules as Hugging Face sets them: <c>trim_blocks</c> (the newline after a block or comment goes),
/// <c>lstrip_blocks</c> (the blanks between the start of a line and a block or comment go), <c>-</c> (all whitespace on that side goes), <c>+</c> (all of it stays),
/// and one newline at the end of the template goes. https://jinja.palletsprojects.com/en/stable/templates/#whitespace-control
/// </summary>
/// <param name="source">The template with every line ending already a <c>\n</c>.</param>
internal sealed class Lexer(string source)
{
    private readonly List<Token> tokens = [];
    private int position;

    public static string NormalizeNewlines(string source)
    {
        var text = source.Replace("\r\n", "\n").Replace('\r', '\n');
        return text.EndsWith('\n') ? text[..^1] : text;
    }

    public IReadOnlyList<Token> Tokenize()
    {
        while (position < source.Length)
        {
            var tag = NextTag(position);
            if (tag < 0)
            {
                AddData(position, source.Length);
                position = source.Length;
                break;
            }

            ReadTag(tag);
        }

        tokens.Add(new Token(TokenKind.End, null, source.Length));
        return tokens;
    }

    private int NextTag(int from)
    {
        for (var at = source.IndexOf('{', from); at >= 0 && at + 1 < source.Length; at = source.IndexOf('{', at + 1))
        {
            if (source[at + 1] is '%' or '{' or '#')
                return at;
        }

        return -1;
    }

    private void ReadTag(int tag)
    {
        var kind = source[tag + 1];
        var afterSign = tag + 2;
        var sign = afterSign < source.Length && source[afterSign] is '-' or '+' ? source[afterSign++] : '\0';
        AddData(position, EndOfText(position, tag, sign, isBlock: kind != '{'));

        if (kind == '#')
            SkipComment(tag, afterSign);
        else if (kind == '%' && RawBodyStart(afterSign) is { } body)
            ReadRaw(tag, body);
        else
        {
            var isBlock = kind == '%';
            tokens.Add(new Token(isBlock ? TokenKind.BlockBegin : TokenKind.VariableBegin, null, tag));
            position = new TagLexer(source, tokens).Read(afterSign, isBlock);
        }
    }

    private int EndOfText(int start, int tag, char sign, bool isBlock)
    {
        if (sign == '-')
            return start + PythonWhitespace.TrimEnd(source[start..tag]).Length;

        if (sign == '+' || !isBlock)
            return tag;

        // lstrip_blocks: only blanks stand between the start of the line and the tag.
        var lineStart = tag;
        while (lineStart > start && source[lineStart - 1] != '\n' && PythonWhitespace.Is(source[lineStart - 1]))
            lineStart--;

        var reachesLineStart = lineStart == 0 || source[lineStart - 1] == '\n';
        return reachesLineStart ? lineStart : tag;
    }

    private void SkipComment(int tag, int from)
    {
        var end = source.IndexOf("#}", from, StringComparison.Ordinal);
        if (end < 0)
            throw new TemplateFault("a comment is opened with '{#' and never closed with '#}'", tag);

        var sign = end > from ? source[end - 1] : '\0';
        position = AfterBlockEnd(end + 2, sign);
    }

    // trim_blocks and the signs, for what closes with %} or #}.
    private int AfterBlockEnd(int afterClose, char sign) => sign switch
    {
        '-' => PythonWhitespace.SkipFrom(source, afterClose),
        '+' => afterClose,
        _ => afterClose < source.Length && source[afterClose] == '\n' ? afterClose + 1 : afterClose,
    };

    // {% raw %}, {%- raw -%}: gives where the body starts, or null when this is another tag.
    private int? RawBodyStart(int from)
    {
        var at = PythonWhitespace.SkipFrom(source, from);
        if (!Follows(at, "raw"))
            return null;

        at = PythonWhitespace.SkipFrom(source, at + 3);
        if (Follows(at, "-%}"))
            return PythonWhitespace.SkipFrom(source, at + 3);

        return Follows(at, "%}") ? at + 2 : null;
    }

    private void ReadRaw(int tag, int body)
    {
        for (var at = source.IndexOf("{%", body, StringComparison.Ordinal); at >= 0; at = source.IndexOf("{%", at + 2, StringComparison.Ordinal))
        {
            var word = at + 2;
            var sign = word < source.Length && source[word] is '-' or '+' ? source[word++] : '\0';
            word = PythonWhitespace.SkipFrom(source, word);
            if (!Follows(word, "endraw"))
                continue;

            var close = PythonWhitespace.SkipFrom(source, word + 6);
            var closeSign = close < source.Length && source[close] is '-' or '+' ? source[close++] : '\0';
            if (!Follows(close, "%}"))
                continue;

            AddData(body, EndOfText(body, at, sign, isBlock: true));
            position = AfterBlockEnd(close + 2, closeSign);
            return;
        }

        throw new TemplateFault("'{% raw %}' is never closed with '{% endraw %}'", tag);
    }

    private bool Follows(int at, string word) => string.CompareOrdinal(source, at, word, 0, word.Length) == 0;

    private void AddData(int start, int end)
    {
        if (end > start)
            tokens.Add(new Token(TokenKind.Data, source[start..end], start));
    }
}
