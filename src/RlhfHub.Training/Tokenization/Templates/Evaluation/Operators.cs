using RlhfHub.Training.Tokenization.Templates.Values;

namespace RlhfHub.Training.Tokenization.Templates.Evaluation;

/// <summary>Python's <c>+ - * / // % **</c>.</summary>
internal static class Operators
{
    public static object? Apply(string symbol, object? left, object? right, Budget budget)
    {
        if (PyNumber.TryInteger(left, out var a) && PyNumber.TryInteger(right, out var b))
            return ApplyIntegers(symbol, a, b);

        if (PyNumber.TryFloat(left, out var x) && PyNumber.TryFloat(right, out var y))
            return ApplyFloats(symbol, x, y);

        return (symbol, left, right) switch
        {
            ("+", string first, string second) => Join(first, second, budget),
            ("+", PyList first, PyList second) => new PyList(Join(first, second, budget)),
            ("+", PyTuple first, PyTuple second) => new PyTuple(Join(first, second, budget)),
            ("*", string or PySequence, _) when PyNumber.TryInteger(right, out var times) => Repeat(left, times, budget),
            ("*", _, string or PySequence) when PyNumber.TryInteger(left, out var times) => Repeat(right, times, budget),
            ("%", string format, _) => PercentFormat.Apply(format, right, budget),
            _ => throw Unfit(symbol, left, right),
        };
    }

    public static object? Signed(string sign, object? value)
    {
        if (PyNumber.TryInteger(value, out var integer))
            return sign == "-" ? Checked(() => checked(-integer)) : integer;

        return PyNumber.TryFloat(value, out var number) ? (sign == "-" ? -number : number) : throw PyType.Unfit($"the sign '{sign}'", value);
    }

    private static TemplateFault Unfit(string symbol, object? left, object? right) => (left as Undefined ?? right as Undefined) is { } undefined
        ? new TemplateFault(undefined.Reason)
        : new TemplateFault($"'{symbol}' does not go with the types {PyType.Name(left)} and {PyType.Name(right)}");

    private static object ApplyIntegers(string symbol, long a, long b) => symbol switch
    {
        // The arms stay apart as objects: C# would make floats of them all.
        "+" => (object)Checked(() => checked(a + b)),
        "-" => Checked(() => checked(a - b)),
        "*" => Checked(() => checked(a * b)),
        "/" => b == 0 ? throw DivisionByZero() : (object)((double)a / b),
        "//" or "%" when b == 0 => throw DivisionByZero(),
        "//" => Checked(() => checked(a / b) - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0)),
        "%" => b == -1 ? 0L : a % b != 0 && (a < 0) != (b < 0) ? a % b + b : a % b,
        "**" => b < 0 ? (object)Power(a, b) : IntegerPower(a, b),
        _ => throw new InvalidOperationException($"The operator '{symbol}' has no meaning."),
    };

    private static double ApplyFloats(string symbol, double x, double y) => symbol switch
    {
        "+" => x + y,
        "-" => x - y,
        "*" => x * y,
        "/" => y == 0 ? throw DivisionByZero() : x / y,
        "//" or "%" when y == 0 => throw DivisionByZero(),
        "//" => Math.Floor(x / y),
        "%" => x - y * Math.Floor(x / y),
        "**" => Power(x, y),
        _ => throw new InvalidOperationException($"The operator '{symbol}' has no meaning."),
    };

    private static double Power(double x, double y) => x == 0 && y < 0 ? throw DivisionByZero() : Math.Pow(x, y);

    private static long IntegerPower(long number, long exponent)
    {
        long result = 1;
        for (var square = number; exponent > 0;)
        {
            if ((exponent & 1) == 1)
                result = Checked(() => checked(result * square));

            exponent >>= 1;
            if (exponent > 0)
                square = Checked(() => checked(square * square));
        }

        return result;
    }

    private static long Checked(Func<long> compute)
    {
        try
        {
            return compute();
        }
        catch (OverflowException)
        {
            throw new TemplateFault("a whole number grows beyond 64 bits");
        }
    }

    private static TemplateFault DivisionByZero() => new("division by zero");

    private static string Join(string first, string second, Budget budget)
    {
        budget.Text((long)first.Length + second.Length);
        return first + second;
    }

    private static IReadOnlyList<object?> Join(PySequence first, PySequence second, Budget budget)
    {
        budget.Step((long)first.Items.Count + second.Items.Count);
        return [.. first.Items, .. second.Items];
    }

    private static object? Repeat(object? value, long times, Budget budget)
    {
        var count = (int)Math.Clamp(times, 0, int.MaxValue);
        if (value is string text)
        {
            budget.Text((long)text.Length * count);
            return text.Length == 0 ? "" : new System.Text.StringBuilder(text.Length * count).Insert(0, text, count).ToString();
        }

        var items = ((PySequence)value!).Items;
        budget.Step((long)items.Count * count);
        object?[] all = items.Count == 0 ? [] : [.. Enumerable.Repeat(items, count).SelectMany(copy => copy)];
        return value is PyTuple ? new PyTuple(all) : new PyList(all);
    }
}
