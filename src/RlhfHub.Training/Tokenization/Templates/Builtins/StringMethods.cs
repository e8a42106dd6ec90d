using System.Text;
using RlhfHub.Training.Tokenization.Templates.Evaluation;
using RlhfHub.Training.Tokenization.Templates.Values;

namespace RlhfHub.Training.Tokenization.Templates.Builtins;

/// <summary>The methods of Python's strings that chat templates use.</summary>
internal static class StringMethods
{
    public static Dictionary<string, Func<string, TemplateRun, Arguments, object?>> All { get; } = new()
    {
        ["strip"] = (text, run, arguments) => Strip(text, run, arguments, atStart: true, atEnd: true),
        ["lstrip"] = (text, run, arguments) => Strip(text, run, arguments, atStart: true, atEnd: false),
        ["rstrip"] = (text, run, arguments) => Strip(text, run, arguments, atStart: false, atEnd: true),
        ["upper"] = (text, run, _) => Made(run, PythonString.Upper(Paid(text, run))),
        ["lower"] = (text, run, _) => PythonString.Lower(Paid(text, run)),
        ["title"] = (text, run, _) => Title(Paid(text, run)),
        ["capitalize"] = (text, run, _) => PythonString.Capitalize(Paid(text, run)),
        ["startswith"] = (text, run, arguments) => HasAffix(text, run, arguments, candidate => text.StartsWith(candidate, StringComparison.Ordinal)),
        ["endswith"] = (text, run, arguments) => HasAffix(text, run, arguments, candidate => text.EndsWith(candidate, StringComparison.Ordinal)),
        ["removeprefix"] = (text, run, arguments) => RemovePrefix(text, run, arguments.TakeText("prefix")),
        ["removesuffix"] = (text, run, arguments) => RemoveSuffix(text, run, arguments.TakeText("suffix")),
        ["find"] = (text, run, arguments) => Find(text, run, arguments.TakeText("sub"), (whole, sub) => whole.IndexOf(sub, StringComparison.Ordinal)),
        ["rfind"] = (text, run, arguments) => Find(text, run, arguments.TakeText("sub"), LastIndexOf),
        ["index"] = (text, run, arguments) => Index(text, run, arguments.TakeText("sub")),
        ["count"] = (text, run, arguments) => Count(text, run, arguments.TakeText("sub")),
        ["replace"] = (text, run, arguments) =>
            TextReplacement.Replace(text, arguments.TakeText("old"), arguments.TakeText("new"), arguments.TakeInteger("count", -1), run.Budget),
        ["join"] = (text, run, arguments) => Join(text, run, arguments.TakeRequired("iterable")),
        ["split"] = (text, run, arguments) => TextSplitting.Split(text, arguments, run.Budget, fromEnd: false),
        ["rsplit"] = (text, run, arguments) => TextSplitting.Split(text, arguments, run.Budget, fromEnd: true),
        ["splitlines"] = (text, run, arguments) => new PyList(TextSplitting.Lines(text, arguments.TakeFlag("keepends", false), run.Budget)),
        ["partition"] = (text, run, arguments) => TextSplitting.Partition(text, arguments.TakeText("sep"), run.Budget, fromEnd: false),
        ["rpartition"] = (text, run, arguments) => TextSplitting.Partition(text, arguments.TakeText("sep"), run.Budget, fromEnd: true),
        ["isdigit"] = (text, run, _) => AllRunes(text, run, rune => Rune.GetNumericValue(rune) is >= 0 and <= 9 && Rune.IsDigit(rune)),
        ["isnumeric"] = (text, run, _) => AllRunes(text, run, Rune.IsNumber),
        ["isalpha"] = (text, run, _) => AllRunes(text, run, Rune.IsLetter),
        ["isalnum"] = (text, run, _) => AllRunes(text, run, rune => Rune.IsLetter(rune) || Rune.IsNumber(rune)),
        ["isspace"] = (text, run, _) => AllRunes(text, run, rune => rune.IsBmp && Syntax.PythonWhitespace.Is((char)rune.Value)),
        ["islower"] = (text, run, _) => IsCased(text, run, Rune.IsLower, Rune.IsUpper),
        ["isupper"] = (text, run, _) => IsCased(text, run, Rune.IsUpper, Rune.IsLower),
    };

    public static string Join(string separator, TemplateRun run, object? iterable)
    {
        var items = Iteration.Items(iterable, run.Budget, "'join'");
        var parts = new string[items.Count];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = items[i] as string ?? throw PyType.Unfit("'join'", items[i]);
            run.Budget.Text(parts[i].Length + separator.Length);
        }

        return string.Join(separator, parts);
    }

    public static bool IsCased(string text, TemplateRun run, Func<Rune, bool> isWanted, Func<Rune, bool> isOther)
    {
        run.Budget.Walk(text.Length);
        return text.EnumerateRunes().Any(isWanted) && !text.EnumerateRunes().Any(isOther);
    }

    private static string Paid(string text, TemplateRun run) => Made(run, text);

    private static string Made(TemplateRun run, string text)
    {
        run.Budget.Text(text.Length);
        return text;
    }

    private static string Strip(string text, TemplateRun run, Arguments arguments, bool atStart, bool atEnd) =>
        PythonString.Strip(Paid(text, run), arguments.TakeOptionalText("chars"), atStart, atEnd);

    // A letter is a capital when no letter stands before it: "they're" gives "They'Re", as in Python.
    private static string Title(string text)
    {
        var output = new StringBuilder(text.Length);
        var afterLetter = false;
        foreach (var rune in text.EnumerateRunes())
        {
            output.Append(afterLetter ? Rune.ToLowerInvariant(rune) : Rune.ToUpperInvariant(rune));
            afterLetter = Rune.IsLetter(rune);
        }

        return output.ToString();
    }

    private static object HasAffix(string text, TemplateRun run, Arguments arguments, Func<string, bool> matches)
    {
        var candidates = arguments.TakeRequired("prefix") switch
        {
            string one => [one],
            PyTuple several => several.Items,
            var other => throw PyType.Unfit($"{arguments.Callee}", other),
        };
        foreach (var candidate in candidates)
        {
            var affix = candidate as string ?? throw PyType.Unfit($"{arguments.Callee}", candidate);
            run.Budget.Scan(Math.Min(affix.Length, text.Length));
            if (matches(affix))
                return true;
        }

        return false;
    }

    private static string RemovePrefix(string text, TemplateRun run, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) ? Made(run, text)[prefix.Length..] : text;

    private static string RemoveSuffix(string text, TemplateRun run, string suffix) =>
        text.EndsWith(suffix, StringComparison.Ordinal) ? Made(run, text)[..^suffix.Length] : text;

    private static int LastIndexOf(string whole, string sub) => sub.Length == 0 ? whole.Length : whole.LastIndexOf(sub, StringComparison.Ordinal);

    private static object Find(string text, TemplateRun run, string sub, Func<string, string, int> find)
    {
        run.Budget.Search(text.Length, sub.Length);
        run.Budget.Walk(text.Length);
        var at = find(text, sub);
        return at < 0 ? -1L : (long)PythonString.Length(text[..at]);
    }

    private static object Index(string text, TemplateRun run, string sub)
    {
        var at = Find(text, run, sub, (whole, part) => whole.IndexOf(part, StringComparison.Ordinal));
        return at is -1L ? throw new TemplateFault("'index' does not find its text") : at;
    }

    private static object Count(string text, TemplateRun run, string sub)
    {
        run.Budget.Search(text.Length, sub.Length);
        if (sub.Length == 0)
            return PythonString.Length(text) + 1L;

        var count = 0L;
        for (var at = text.IndexOf(sub, StringComparison.Ordinal); at >= 0; at = text.IndexOf(sub, at + sub.Length, StringComparison.Ordinal))
            count++;

        return count;
    }

    private static object AllRunes(string text, TemplateRun run, Func<Rune, bool> holds)
    {
        run.Budget.Walk(text.Length);
        return text.Length > 0 && text.EnumerateRunes().All(holds);
    }
}
