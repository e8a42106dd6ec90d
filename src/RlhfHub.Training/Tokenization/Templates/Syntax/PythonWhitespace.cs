namespace RlhfHub.Training.Tokenization.Templates.Syntax;

/// <summary>Whitespace as Python's <c>str.isspace</c> and the <c>\s</c> of its regular expressions see it.</summary>
internal static class PythonWhitespace
{
    // .NET does not count the four information separators; Python does.
    public static bool Is(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    public static int SkipFrom(string text, int position)
    {
        while (position < text.Length && Is(text[position]))
            position++;

        return position;
    }

    public static string TrimEnd(string text)
    {
        var end = text.Length;
        while (end > 0 && Is(text[end - 1]))
            end--;

        return text[..end];
    }
}
