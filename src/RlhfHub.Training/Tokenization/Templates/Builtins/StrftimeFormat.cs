using System.Globalization;
using System.Text;
using RlhfHub.Training.Tokenization.Templates.Evaluation;

namespace RlhfHub.Training.Tokenization.Templates.Builtins;

/// <summary>Dates as Python's <c>strftime</c> writes them in the C locale: <c>%d %b %Y</c> gives <c>26 Jul 2024</c>.</summary>
internal static class StrftimeFormat
{
    public static string Format(DateTimeOffset time, string format, Budget budget)
    {
        budget.Text(format.Length * 12L);
        var output = new StringBuilder();
        for (var at = 0; at < format.Length; at++)
        {
            if (format[at] != '%' || at + 1 == format.Length)
            {
                output.Append(format[at]);
                continue;
            }

            // %-d: without the leading zero, on the systems where such templates are written.
            var isBare = format[at + 1] == '-' && at + 2 < format.Length;
            at += isBare ? 2 : 1;
            var text = Directive(time, format[at]);
            output.Append(isBare && text.Length > 1 ? text.TrimStart('0', ' ') is { Length: > 0 } bare ? bare : "0" : text);
        }

        return output.ToString();
    }

    private static string Directive(DateTimeOffset time, char letter)
    {
        string Custom(string pattern) => time.ToString(pattern, CultureInfo.InvariantCulture);
        return letter switch
        {
            'Y' => Custom("yyyy"),
            'y' => Custom("yy"),
            'm' => Custom("MM"),
            'B' => Custom("MMMM"),
            'b' or 'h' => Custom("MMM"),
            'd' => Custom("dd"),
            'e' => Custom("%d").PadLeft(2),
            'A' => Custom("dddd"),
            'a' => Custom("ddd"),
            'H' => Custom("HH"),
            'I' => Custom("hh"),
            'M' => Custom("mm"),
            'S' => Custom("ss"),
            'f' => Custom("ffffff"),
            'p' => time.Hour < 12 ? "AM" : "PM",
            'j' => $"{time.DayOfYear:000}",
            'w' => $"{(int)time.DayOfWeek}",
            'u' => $"{(time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek)}",
            'F' => Custom("yyyy-MM-dd"),
            'T' => Custom("HH:mm:ss"),
            'R' => Custom("HH:mm"),
            'D' or 'x' => Custom("MM/dd/yy"),
            'X' => Custom("HH:mm:ss"),
            'c' => Custom("ddd MMM ") + Custom("%d").PadLeft(2) + Custom(" HH:mm:ss yyyy"),
            'z' or 'Z' => "", // datetime.now() carries no time zone
            'n' => "\n",
            't' => "\t",
            '%' => "%",
            _ => throw new TemplateFault($"'strftime_now' does not know the directive '%{letter}'"),
        };
    }
}
