using RlhfHub.Training.Tokenization.Templates.Values;

namespace RlhfHub.Training.Tokenization.Templates.Evaluation;

/// <summary>Python's <c>== != &lt; &lt;= &gt; &gt;= in, not in</c>.</summary>
internal static class Comparisons
{
    public static bool Holds(string symbol, object? left, object? right, Budget budget) => symbol switch
    {
        "==" => PyEquality.AreEqual(left, right, budget),
        "!=" => !PyEquality.AreEqual(left, right, budget),
        "in" => Contains(right, left, budget),
        "not in" => !Contains(right, left, budget),
        _ => IsOrdered(symbol, left, right, budget),
    };

    /// <summary>Orders two values that have an order: numbers, strings, lists, tuples.</summary>
    public static int Order(object? left, object? right, Budget budget, string operation = "<")
    {
        budget.Step();
        if (PyNumber.TryCompare(left, right, out var order))
            return order;

        switch (left, right)
        {
            case (string a, string b):
                budget.Scan(Math.Min(a.Length, b.Length));
                return PythonString.Compare(a, b);
            case (PyList a, PyList b):
                return OrderItems(a.Items, b.Items, budget);
            case (PyTuple a, PyTuple b):
                return OrderItems(a.Items, b.Items, budget);
        }

        throw (left as Undefined ?? right as Undefined) is { } undefined
            ? new TemplateFault(undefined.Reason)
            : new TemplateFault($"'{operation}' does not go with the types {PyType.Name(left)} and {PyType.Name(right)}");
    }

    public static bool Contains(object? container, object? item, Budget budget)
    {
        switch (container)
        {
            case string text:
                var sought = item as string ?? throw PyType.Unfit("'in' a string", item);
                budget.Search(text.Length, sought.Length);
                return text.Contains(sought, StringComparison.Ordinal);
            case PyDict dict:
                PyDict.RequireHashable(item);
                return dict.TryGet(item, out _);
            case PyIterator iterator:
                while (iterator.TryTake(out var candidate))
                {
                    if (PyEquality.AreEqual(candidate, item, budget))
                        return true;
                }

                return false;
            default:
                return Iteration.Items(container, budget, "'in'").Any(candidate => PyEquality.AreEqual(candidate, item, budget));
        }
    }

    private static bool IsOrdered(string symbol, object? left, object? right, Budget budget)
    {
        // Not a number stands in no order with anything.
        if (left is double.NaN && PyNumber.TryFloat(right, out _) || right is double.NaN && PyNumber.TryFloat(left, out _))
            return false;

        var order = Order(left, right, budget, symbol);
        return symbol switch { "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order >= 0 };
    }

    private static int OrderItems(IReadOnlyList<object?> left, IReadOnlyList<object?> right, Budget budget)
    {
        budget.Enter();
        var order = left.Count.CompareTo(right.Count);
        for (var i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            if (PyEquality.AreEqual(left[i], right[i], budget))
                continue;

            order = Order(left[i], right[i], budget);
            break;
        }

        budget.Leave();
        return order;
    }
}
