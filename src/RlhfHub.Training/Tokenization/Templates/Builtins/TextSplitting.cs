using RlhfHub.Training.Tokenization.Templates.Evaluation;
using RlhfHub.Training.Tokenization.Templates.Syntax;
using RlhfHub.Training.Tokenization.Templates.Values;

namespace RlhfHub.Training.Tokenization.Templates.Builtins;

/// <summary>Python's <c>split, rsplit, splitlines, partition</c>.</summary>
internal static class TextSplitting
{
    public static PyList Split(string text, Arguments arguments, Budget budget, bool fromEnd)
    {
        var separator = arguments.TakeOptionalText("sep");
        var limit = arguments.TakeInteger("maxsplit", -1);
        budget.Search(text.Length, separator?.Length ?? 1);
        budget.Text(text.Length);
        if (separator == "")
            throw new TemplateFault("'split' needs a separator that is not empty");

        var parts = separator is null ? Words(text, limit, fromEnd) : Parts(text, separator, limit, fromEnd);
        budget.Step(parts.Count);
        return new PyList(parts);
    }

    public static List<string> Lines(string text, bool keepsEnds, Budget budget)
    {
        budget.Step(1 + text.Length / 8);
        budget.Text(text.Length);
        var lines = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var end = start;
            while (end < text.Length && !IsLineEnd(text[end]))
                end++;

            var next = end + (end + 1 < text.Length && text[end] == '\r' && text[end + 1] == '\n' ? 2 : 1);
            lines.Add(text[start..(keepsEnds ? Math.Min(next, text.Length) : end)]);
            start = next;
        }

        return lines;
    }

    public static PyTuple Partition(string text, string separator, Budget budget, bool fromEnd)
    {
        if (separator.Length == 0)
            throw new TemplateFault("'partition' needs a separator that is not empty");

        budget.Search(text.Length, separator.Length);
        budget.Text(text.Length);
        var at = fromEnd ? text.LastIndexOf(separator, StringComparison.Ordinal) : text.IndexOf(separator, StringComparison.Ordinal);
        if (at < 0)
            return fromEnd ? new PyTuple(["", "", text]) : new PyTuple([text, "", ""]);

        return new PyTuple([text[..at], separator, text[(at + separator.Length)..]]);
    }

    private static bool IsLineEnd(char c) => c is '\n' or '\r' or '\v' or '\f' or '\x1c' or '\x1d' or '\x1e' or '\x85' or '\u2028' or '\u2029';

    private static List<string> Parts(string text, string separator, long limit, bool fromEnd)
    {
        var parts = new List<string>();
        var (start, end) = (0, text.Length);
        for (; limit != 0; limit--)
        {
            var at = fromEnd
                ? text.AsSpan(start, end - start).LastIndexOf(separator, StringComparison.Ordinal)
                : text.IndexOf(separator, start, end - start, StringComparison.Ordinal);
            if (at < 0)
                break;

            parts.Add(fromEnd ? text[(at + separator.Length)..end] : text[start..at]);
            (start, end) = fromEnd ? (start, at) : (at + separator.Length, end);
        }

        parts.Add(text[start..end]);
        if (fromEnd)
            parts.Reverse();

        return parts;
    }

    // Without a separator: runs of whitespace part the words, and none is empty.
    private static List<string> Words(string text, long limit, bool fromEnd)
    {
        var words = new List<string>();
        var (start, end) = (0, text.Length);
        while (true)
        {
            // The side that the limit leaves whole keeps its whitespace: 'a b '.split(None, 1) ends with 'b '.
            while (!fromEnd && start < end && PythonWhitespace.Is(text[start]))
                start++;
            while (fromEnd && end > start && PythonWhitespace.Is(text[end - 1]))
                end--;
            if (start == end)
                break;

            if (limit-- == 0)
            {
                words.Add(text[start..end]);
                break;
            }

            var edge = fromEnd ? end : start;
            while (fromEnd ? edge > start && !PythonWhitespace.Is(text[edge - 1]) : edge < end && !PythonWhitespace.Is(text[edge]))
                edge += fromEnd ? -1 : 1;

            words.Add(fromEnd ? text[edge..end] : text[start..edge]);
            (start, end) = fromEnd ? (start, edge) : (edge, end);
        }

        if (fromEnd)
            words.Reverse();

        return words;
    }
}
