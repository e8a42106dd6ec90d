using System.Globalization;
using System.Numerics;
using System.Text;
using RlhfHub.Training.Tokenization.Templates.Evaluation;
using RlhfHub.Training.Tokenization.Templates.Values;

namespace RlhfHub.Training.Tokenization.Templates.Builtins;

/// <summary>
/// The filter <c>tojson</c> as transformers replaces it: Python's <c>json.dumps(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False)</c>,
/// with no HTML escapes.
/// </summary>
internal sealed class JsonDump
{
    private readonly StringBuilder output = new();
    private readonly Budget budget;
    private readonly bool isAscii;
    private readonly bool sortsKeys;
    private readonly string? indent;
    private readonly string itemSeparator;
    private readonly string keySeparator;
    private int level;

    private JsonDump(Arguments arguments, Budget budget)
    {
        this.budget = budget;
        isAscii = arguments.TakeFlag("ensure_ascii", false);
        indent = IndentOf(arguments.Take("indent", null), budget);
        (itemSeparator, keySeparator) = arguments.Take("separators", null) switch
        {
            null => (indent is null ? ", " : ",", ": "),
            PySequence { Items: [string item, string key] } => (item, key),
            _ => throw new TemplateFault("the argument 'separators' of 'tojson' must be two strings"),
        };
        sortsKeys = arguments.TakeFlag("sort_keys", false);
    }

    public static string Dump(object? value, Arguments arguments, Budget budget)
    {
        var dump = new JsonDump(arguments, budget);
        dump.Append(value);
        return dump.output.ToString();
    }

    private static string? IndentOf(object? indent, Budget budget)
    {
        if (indent is null or string)
            return (string?)indent;

        if (!PyNumber.TryInteger(indent, out var width))
            throw PyType.Unfit("the argument 'indent' of 'tojson'", indent);

        budget.Text(Math.Max(width, 0));
        return new string(' ', (int)Math.Max(width, 0));
    }

    private void Append(object? value)
    {
        switch (value)
        {
            case null: Write("null"); break;
            case bool flag: Write(flag ? "true" : "false"); break;
            case long number: Write(number.ToString(CultureInfo.InvariantCulture)); break;
            case BigInteger number: Write(number.ToString(CultureInfo.InvariantCulture)); break;
            case double number: Write(FormatFloat(number)); break;
            case string text: AppendString(text); break;
            case PySequence sequence: AppendItems('[', sequence.Items, Append, ']'); break;
            case PyDict dict: AppendItems('{', Entries(dict), AppendEntry, '}'); break;
            default: throw PyType.Unfit("the filter 'tojson'", value);
        }
    }

    private IReadOnlyList<KeyValuePair<object?, object?>> Entries(PyDict dict)
    {
        var entries = dict.Items.ToList();
        if (!sortsKeys)
            return entries;

        var boxed = entries.Select(object? (entry) => entry).ToList();
        return [.. StableSort.By(boxed, entry => ((KeyValuePair<object?, object?>)entry!).Key, isReverse: false, budget)
            .Select(entry => (KeyValuePair<object?, object?>)entry!)];
    }

    private void AppendItems<T>(char open, IReadOnlyList<T> items, Action<T> append, char close)
    {
        Write(open.ToString());
        budget.Enter();
        budget.Step(1 + 2L * items.Count);
        level++;
        for (var i = 0; i < items.Count; i++)
        {
            Write(i > 0 ? itemSeparator : "");
            NewLine();
            append(items[i]);
        }

        level--;
        budget.Leave();
        if (items.Count > 0)
            NewLine();

        Write(close.ToString());
    }

    private void AppendEntry(KeyValuePair<object?, object?> entry)
    {
        AppendString(entry.Key switch
        {
            string text => text,
            null => "null",
            bool flag => flag ? "true" : "false",
            long number => number.ToString(CultureInfo.InvariantCulture),
            double number => FormatFloat(number),
            var key => throw PyType.Unfit("a key for the filter 'tojson'", key),
        });
        Write(keySeparator);
        Append(entry.Value);
    }

    private void NewLine()
    {
        if (indent is null)
            return;

        Write("\n");
        for (var i = 0; i < level; i++)
            Write(indent);
    }

    private static string FormatFloat(double number) =>
        double.IsNaN(number) ? "NaN" : double.IsPositiveInfinity(number) ? "Infinity" : double.IsNegativeInfinity(number) ? "-Infinity" : PyNumber.Format(number);

    private void AppendString(string text)
    {
        budget.Text(text.Length + 2L);
        output.Append('"');
        foreach (var c in text)
        {
            switch (c)
            {
                case '"': output.Append("\\\""); break;
                case '\\': output.Append("\\\\"); break;
                case '\n': output.Append("\\n"); break;
                case '\r': output.Append("\\r"); break;
                case '\t': output.Append("\\t"); break;
                case '\f': output.Append("\\f"); break;
                case '\b': output.Append("\\b"); break;
                case < ' ':
                case > '~' when isAscii: output.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"); break;
                default: output.Append(c); break;
            }
        }

        output.Append('"');
    }

    private void Write(string text)
    {
        budget.Text(text.Length);
        output.Append(text);
    }
}
