using System.Globalization;
using System.Numerics;
using RlhfHub.Training.Tokenization.Templates.Evaluation;
using RlhfHub.Training.Tokenization.Templates.Values;

namespace RlhfHub.Training.Tokenization.Templates.Builtins;

/// <summary>Filters of single values: defaults, conversions, numbers.</summary>
internal static class ValueFilters
{
    public static Dictionary<string, Filter> All { get; } = new()
    {
        ["default"] = Default,
        ["d"] = Default,
        ["string"] = (run, value, _) => PyText.Str(value, run.Budget),
        // Nothing is escaped in a chat template, so everything is safe already.
        ["safe"] = (run, value, _) => PyText.Str(value, run.Budget),
        ["tojson"] = (run, value, arguments) => JsonDump.Dump(value, arguments, run.Budget),
        ["int"] = (_, value, arguments) => ToInteger(value, arguments.Take("default", 0L), arguments.TakeInteger("base", 10)),
        ["float"] = (_, value, arguments) => ToFloat(value, arguments.Take("default", 0.0)),
        ["abs"] = (_, value, _) => Absolute(value),
        ["round"] = (_, value, arguments) => Round(value, (int)Math.Clamp(arguments.TakeInteger("precision", 0), -400, 400), arguments.Take("method", "common") as string),
        ["attr"] = (_, value, arguments) => Methods.Find(value, arguments.TakeText("name")) ?? new Undefined("'attr' finds no such attribute"),
    };

    private static object? Default(TemplateRun run, object? value, Arguments arguments)
    {
        var fallback = arguments.Take("default_value", "");
        var replacesFalse = arguments.TakeFlag("boolean", false);
        return value is Undefined || (replacesFalse && !PyType.IsTrue(value)) ? fallback : value;
    }

    private static object? ToInteger(object? value, object? fallback, long radix)
    {
        switch (value)
        {
            case Undefined undefined: throw new TemplateFault(undefined.Reason);
            case BigInteger: return value;
            case string text when radix != 10: return ParseInteger(text, radix) ?? fallback;
            case string text when long.TryParse(Digits(text), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed): return parsed;
        }

        if (PyNumber.TryInteger(value, out var integer))
            return integer;

        // Python reads '42.9' as 42 here.
        if (ToFloat(value, null) is not double number || double.IsNaN(number))
            return fallback;

        return Math.Abs(number) < 9.2e18 ? (long)number : throw new TemplateFault("'int' gets a number beyond 64 bits");
    }

    private static object? ParseInteger(string text, long radix)
    {
        var digits = Digits(text).ToLowerInvariant();
        var prefix = radix switch { 2 => "0b", 8 => "0o", 16 => "0x", _ => throw new TemplateFault("'int' takes the bases 2, 8, 10 and 16") };
        var isNegative = digits.StartsWith('-');
        digits = digits.TrimStart('-', '+');
        digits = digits.StartsWith(prefix, StringComparison.Ordinal) ? digits[2..] : digits;
        long result = 0;
        foreach (var digit in digits)
        {
            var worth = char.IsAsciiHexDigit(digit) ? Convert.ToInt32(digit.ToString(), 16) : int.MaxValue;
            if (worth >= radix || result > long.MaxValue / radix - 1)
                return null;

            result = result * radix + worth;
        }

        return digits.Length == 0 ? null : isNegative ? -result : result;
    }

    private static object? ToFloat(object? value, object? fallback)
    {
        if (value is Undefined undefined)
            throw new TemplateFault(undefined.Reason);

        if (PyNumber.TryFloat(value, out var number))
            return number;

        if (value is not string text)
            return fallback;

        var digits = Digits(text);
        return digits.ToLowerInvariant() switch
        {
            "nan" or "+nan" or "-nan" => double.NaN,
            "inf" or "+inf" or "infinity" or "+infinity" => double.PositiveInfinity,
            "-inf" or "-infinity" => double.NegativeInfinity,
            _ => double.TryParse(digits, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var parsed)
                ? parsed
                : fallback,
        };
    }

    // Python takes 1_000 and blanks around a number.
    private static string Digits(string text)
    {
        var digits = PythonString.Strip(text, null);
        return digits.Contains('_') && !digits.StartsWith('_') && !digits.EndsWith('_') && !digits.Contains("__") ? digits.Replace("_", "") : digits;
    }

    private static object Absolute(object? value) => value switch
    {
        long.MinValue => throw new TemplateFault("a whole number grows beyond 64 bits"),
        double number => (object)Math.Abs(number),
        _ => PyNumber.TryInteger(value, out var integer) ? Math.Abs(integer) : throw PyType.Unfit("the filter 'abs'", value),
    };

    private static object Round(object? value, int precision, string? method)
    {
        if (!PyNumber.TryFloat(value, out var number))
            throw PyType.Unfit("the filter 'round'", value);

        if (method is "ceil" or "floor")
        {
            var scale = Math.Pow(10, precision);
            return (method == "ceil" ? Math.Ceiling(number * scale) : Math.Floor(number * scale)) / scale;
        }

        if (method != "common")
            throw new TemplateFault("the filter 'round' takes the methods 'common', 'ceil' and 'floor'");

        if (value is not double)
            return precision >= 0 ? value is bool flag ? (flag ? 1L : 0L) : value! : throw new TemplateFault("the filter 'round' takes no negative precision for whole numbers");

        return RoundHalfToEven(number, precision);
    }

    // Exact, as Python's: a double is a whole number times a power of two, so ties can be told from what merely prints like one.
    private static double RoundHalfToEven(double number, int precision)
    {
        if (!double.IsFinite(number) || precision > 320)
            return number;

        var bits = BitConverter.DoubleToInt64Bits(Math.Abs(number));
        var exponent = (int)(bits >> 52);
        var mantissa = new BigInteger(exponent == 0 ? bits & 0xFFFFFFFFFFFFF : (bits & 0xFFFFFFFFFFFFF) | 0x10000000000000);
        exponent = Math.Max(exponent, 1) - 1075;
        var numerator = mantissa * BigInteger.Pow(2, Math.Max(exponent, 0)) * BigInteger.Pow(10, Math.Max(precision, 0));
        var denominator = BigInteger.Pow(2, Math.Max(-exponent, 0)) * BigInteger.Pow(10, Math.Max(-precision, 0));
        var whole = BigInteger.DivRem(numerator, denominator, out var rest);
        var toHalf = (rest * 2).CompareTo(denominator);
        if (toHalf > 0 || (toHalf == 0 && !whole.IsEven))
            whole++;

        var rounded = double.Parse($"{whole}E{-precision}", CultureInfo.InvariantCulture);
        return number < 0 ? -rounded : rounded;
    }
}
