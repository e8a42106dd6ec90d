using System.Text;
using RlhfHub.Training.Tokenization.Templates.Evaluation;
using RlhfHub.Training.Tokenization.Templates.Values;

namespace RlhfHub.Training.Tokenization.Templates.Builtins;

/// <summary>Filters that take text, or print what they get and take that.</summary>
internal static class TextFilters
{
    // Where a word starts for the filter 'title': after blanks, a hyphen or an opening bracket, but not after an apostrophe.
    private const string WordOpeners = "-({[<";

    public static Dictionary<string, Filter> All { get; } = new()
    {
        ["trim"] = (run, value, arguments) => PythonString.Strip(Text(run, value), arguments.TakeOptionalText("chars")),
        ["upper"] = (run, value, _) => PythonString.Upper(Text(run, value)),
        ["lower"] = (run, value, _) => PythonString.Lower(Text(run, value)),
        ["capitalize"] = (run, value, _) => PythonString.Capitalize(Text(run, value)),
        ["title"] = (run, value, _) => Title(Text(run, value)),
        ["replace"] = Replace,
        ["indent"] = Indent,
        ["format"] = (run, value, arguments) => PercentFormat.Apply(Text(run, value), new PyTuple(arguments.TakeRest()), run.Budget),
        ["wordcount"] = (run, value, _) => CountWords(Text(run, value)),
        ["truncate"] = Truncate,
    };

    private static string Text(TemplateRun run, object? value)
    {
        var text = PyText.Str(value, run.Budget);
        run.Budget.Text(text.Length);
        return text;
    }

    private static string Title(string text)
    {
        var output = new StringBuilder(text.Length);
        var atStart = true;
        foreach (var rune in text.EnumerateRunes())
        {
            output.Append(atStart ? PythonString.Upper(rune.ToString()) : PythonString.Lower(rune.ToString()));
            atStart = rune.IsBmp && (WordOpeners.Contains((char)rune.Value) || Syntax.PythonWhitespace.Is((char)rune.Value));
        }

        return output.ToString();
    }

    private static object Replace(TemplateRun run, object? value, Arguments arguments)
    {
        var old = PyText.Str(arguments.TakeRequired("old"), run.Budget);
        var replacement = PyText.Str(arguments.TakeRequired("new"), run.Budget);
        var count = arguments.Take("count", null) is { } limit
            ? PyNumber.TryInteger(limit, out var number) ? number : throw PyType.Unfit("the argument 'count' of 'replace'", limit)
            : -1;
        return TextReplacement.Replace(Text(run, value), old, replacement, count, run.Budget);
    }

    private static object Indent(TemplateRun run, object? value, Arguments arguments)
    {
        var text = value as string ?? throw PyType.Unfit("the filter 'indent'", value);
        var width = arguments.Take("width", 4L);
        var first = arguments.TakeFlag("first", false);
        var blank = arguments.TakeFlag("blank", false);
        var lines = TextSplitting.Lines(text + "\n", keepsEnds: false, run.Budget);
        var margin = width as string ?? Spaces(run, width);
        run.Budget.Text((long)margin.Length * (lines.Count + 1) + text.Length);

        var output = new StringBuilder();
        for (var i = 0; i < lines.Count; i++)
        {
            output.Append(i > 0 ? "\n" : "");
            output.Append((i == 0 && first) || (i > 0 && (blank || lines[i].Length > 0)) ? margin : "");
            output.Append(lines[i]);
        }

        return output.ToString();
    }

    private static string Spaces(TemplateRun run, object? width)
    {
        if (!PyNumber.TryInteger(width, out var count))
            throw PyType.Unfit("the argument 'width' of 'indent'", width);

        run.Budget.Text(Math.Max(count, 0));
        return new string(' ', (int)Math.Max(count, 0));
    }

    private static object CountWords(string text)
    {
        var count = 0L;
        var inWord = false;
        foreach (var rune in text.EnumerateRunes())
        {
            var isWord = Rune.IsLetterOrDigit(rune) || rune.Value == '_';
            count += isWord && !inWord ? 1 : 0;
            inWord = isWord;
        }

        return count;
    }

    private static object Truncate(TemplateRun run, object? value, Arguments arguments)
    {
        var text = value as string ?? throw PyType.Unfit("the filter 'truncate'", value);
        var length = arguments.TakeInteger("length", 255);
        var cutsWords = arguments.TakeFlag("killwords", false);
        var end = arguments.Take("end", "...") as string ?? throw new TemplateFault("the argument 'end' of 'truncate' must be a string");
        var leeway = arguments.TakeInteger("leeway", 5);
        if (length < PythonString.Length(end) || leeway < 0)
            throw new TemplateFault("'truncate' needs a length that its end fits into, and a leeway of at least 0");

        run.Budget.Text(text.Length + end.Length);
        if (PythonString.Length(text) <= Math.Min(length, int.MaxValue) + Math.Min(leeway, int.MaxValue))
            return text;

        var kept = text[..PythonString.OffsetOf(text, (int)length - PythonString.Length(end))];
        var lastBlank = kept.LastIndexOf(' ');
        return (cutsWords || lastBlank < 0 ? kept : kept[..lastBlank]) + end;
    }
}
