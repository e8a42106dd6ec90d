using System.Globalization;
using System.Text;
using RlhfHub.Training.Tokenization.Templates.Values;

namespace RlhfHub.Training.Tokenization.Templates.Evaluation;

/// <summary>Python's <c>'%s of %d' % (a, b)</c> with the plain conversions <c>%s %r %d %%</c>; widths and precisions are not supported.</summary>
internal static class PercentFormat
{
    public static string Apply(string format, object? values, Budget budget)
    {
        var left = new Queue<object?>(values is PyTuple tuple ? tuple.Items : [values]);
        var output = new StringBuilder();
        budget.Text(format.Length);
        for (var at = 0; at < format.Length; at++)
        {
            if (format[at] != '%')
            {
                output.Append(format[at]);
                continue;
            }

            var conversion = ++at < format.Length ? format[at] : '\0';
            if (conversion == '%')
                output.Append('%');
            else if (!left.TryDequeue(out var value))
                throw new TemplateFault("'%' has more places in its text than values to put there");
            else
                output.Append(Convert(conversion, value, budget));
        }

        if (left.Count > 0 && values is not PyDict)
            throw new TemplateFault("'%' has more values than places in its text");

        return output.ToString();
    }

    private static string Convert(char conversion, object? value, Budget budget)
    {
        var text = conversion switch
        {
            's' => PyText.Str(value, budget),
            'r' => PyText.Repr(value, budget),
            'd' or 'i' when PyNumber.TryInteger(value, out var number) => number.ToString(CultureInfo.InvariantCulture),
            'd' or 'i' when value is double real && double.IsFinite(real) => Math.Truncate(real).ToString("F0", CultureInfo.InvariantCulture),
            _ => throw new TemplateFault($"the conversion '%{conversion}' is not supported for a value of type {PyType.Name(value)}; '%s', '%r' and '%d' are"),
        };
        budget.Text(text.Length);
        return text;
    }
}
