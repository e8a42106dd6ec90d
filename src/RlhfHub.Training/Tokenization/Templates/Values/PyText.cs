using System.Globalization;
using System.Numerics;
using System.Text;
using RlhfHub.Training.Tokenization.Templates.Evaluation;

namespace RlhfHub.Training.Tokenization.Templates.Values;

/// <summary>Python's <c>str()</c> and <c>repr()</c>: what <c>{{ value }}</c> prints.</summary>
internal static class PyText
{
    public static string Str(object? value, Budget budget)
    {
        switch (value)
        {
            case string text: return text;
            case Undefined: return "";
        }

        var output = new StringBuilder();
        AppendRepr(output, value, budget);
        return output.ToString();
    }

    public static string Repr(object? value, Budget budget)
    {
        var output = new StringBuilder();
        AppendRepr(output, value, budget);
        return output.ToString();
    }

    private static void AppendRepr(StringBuilder output, object? value, Budget budget)
    {
        var before = output.Length;
        switch (value)
        {
            case null: output.Append("None"); break;
            case bool flag: output.Append(flag ? "True" : "False"); break;
            case long number: output.Append(CultureInfo.InvariantCulture, $"{number}"); break;
            case BigInteger number: output.Append(number.ToString(CultureInfo.InvariantCulture)); break;
            case double number: output.Append(PyNumber.Format(number)); break;
            case string text: AppendQuoted(output, text); break;
            case PyList list: AppendItems(output, "[", list.Items, "]", budget); return;
            case PyTuple tuple: AppendItems(output, "(", tuple.Items, tuple.Items.Count == 1 ? ",)" : ")", budget); return;
            case PyDict dict: AppendDict(output, dict, budget); return;
            case PyView { Text: { } text }: output.Append(text); break;
            case PyView view: AppendItems(output, view.Kind + "([", view.Items, "])", budget); return;
            case PyNamespace space: output.Append("<Namespace "); AppendNamespace(output, space, budget); output.Append('>'); return;
            case Undefined: output.Append("Undefined"); break;
            // Python prints an address here, which no template can mean.
            default: throw new TemplateFault($"a {PyType.Name(value)} cannot be printed; call it, or put it through '| list'");
        }

        budget.Text(output.Length - before);
    }

    private static void AppendItems(StringBuilder output, string open, IReadOnlyList<object?> items, string close, Budget budget)
    {
        budget.Enter();
        budget.Step(1 + 2L * items.Count);
        output.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            output.Append(i > 0 ? ", " : "");
            budget.Text(4);
            AppendRepr(output, items[i], budget);
        }

        output.Append(close);
        budget.Text(open.Length + close.Length);
        budget.Leave();
    }

    private static void AppendDict(StringBuilder output, PyDict dict, Budget budget)
    {
        budget.Enter();
        budget.Step(1 + 2L * dict.Count);
        output.Append('{');
        var isFirst = true;
        foreach (var (key, item) in dict.Items)
        {
            output.Append(isFirst ? "" : ", ");
            isFirst = false;
            budget.Text(4);
            AppendRepr(output, key, budget);
            output.Append(": ");
            AppendRepr(output, item, budget);
        }

        output.Append('}');
        budget.Text(2);
        budget.Leave();
    }

    private static void AppendNamespace(StringBuilder output, PyNamespace space, Budget budget)
    {
        var attributes = new PyDict();
        foreach (var (name, item) in space.Attributes)
            attributes[name] = item;

        AppendDict(output, attributes, budget);
    }

    private static void AppendQuoted(StringBuilder output, string text)
    {
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        output.Append(quote);
        for (var at = 0; at < text.Length;)
        {
            if (!Rune.TryGetRuneAt(text, at, out var rune))
            {
                output.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[at++]:x4}");
                continue;
            }

            at += rune.Utf16SequenceLength;
            AppendEscaped(output, rune, quote);
        }

        output.Append(quote);
    }

    private static void AppendEscaped(StringBuilder output, Rune rune, char quote)
    {
        switch (rune.Value)
        {
            case '\\': output.Append("\\\\"); return;
            case '\n': output.Append("\\n"); return;
            case '\r': output.Append("\\r"); return;
            case '\t': output.Append("\\t"); return;
        }

        if (rune.Value == quote)
            output.Append('\\').Append(quote);
        else if (IsPrintable(rune))
            output.Append(rune.ToString());
        else if (rune.Value <= 0xFF)
            output.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
        else if (rune.Value <= 0xFFFF)
            output.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
        else
            output.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");
    }

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
}
