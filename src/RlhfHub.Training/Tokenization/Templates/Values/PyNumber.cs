using System.Globalization;
using System.Numerics;

namespace RlhfHub.Training.Tokenization.Templates.Values;

/// <summary>Python's numbers: True is 1, whole numbers are exact, floats print with the fewest digits that read back the same.</summary>
internal static class PyNumber
{
    /// <summary>Whole numbers, with bool among them as in Python.</summary>
    public static bool TryInteger(object? value, out long integer)
    {
        integer = value switch { long number => number, bool flag => flag ? 1 : 0, _ => 0 };
        return value is long or bool;
    }

    public static bool TryFloat(object? value, out double number)
    {
        number = value switch { double real => real, long integer => integer, bool flag => flag ? 1 : 0, BigInteger large => (double)large, _ => 0 };
        return value is double or long or bool or BigInteger;
    }

    /// <summary>Orders two numbers; false when one is none, or NaN stands in no order.</summary>
    public static bool TryCompare(object? left, object? right, out int order)
    {
        order = 0;
        if (TryInteger(left, out var a) && TryInteger(right, out var b))
        {
            order = a.CompareTo(b);
            return true;
        }

        if (!TryFloat(left, out var x) || !TryFloat(right, out var y) || double.IsNaN(x) || double.IsNaN(y))
            return false;

        order = x.CompareTo(y);
        return true;
    }

    /// <summary>Python's <c>repr</c> of a float: 1.0, 0.1, 1e+16, 1e-05, inf, nan.</summary>
    public static string Format(double value)
    {
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";

        // .NET finds the same digits and sets them otherwise: 1E+16, 1E-05, 10.
        var (sign, digits, exponent) = ShortestDigits(value);
        if (exponent is < -4 or >= 16)
        {
            var fraction = digits.Length > 1 ? "." + digits[1..] : "";
            return $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        if (exponent < 0)
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";

        return digits.Length <= exponent + 1
            ? $"{sign}{digits.PadRight(exponent + 1, '0')}.0"
            : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    // The digits without a point or zeros at either end, and the power of ten of the first.
    private static (string Sign, string Digits, int Exponent) ShortestDigits(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        var sign = text[0] == '-' ? "-" : "";
        var parts = text[sign.Length..].Split('E');
        var power = parts.Length > 1 ? int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;
        var point = parts[0].IndexOf('.');
        var whole = point < 0 ? parts[0] : parts[0][..point];
        var all = point < 0 ? whole : whole + parts[0][(point + 1)..];
        var leadingZeros = all.Length - all.TrimStart('0').Length;
        var digits = all.Trim('0');
        return digits.Length == 0 ? (sign, "0", 0) : (sign, digits, power + whole.Length - 1 - leadingZeros);
    }
}
