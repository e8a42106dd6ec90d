using System.Numerics;
using RlhfHub.Training.Tokenization.Templates.Evaluation;

namespace RlhfHub.Training.Tokenization.Templates.Values;

/// <summary>Python's <c>==</c>.</summary>
internal static class PyEquality
{
    public static bool AreEqual(object? left, object? right, Budget budget)
    {
        budget.Step();
        if (ReferenceEquals(left, right))
            return left is not double.NaN;

        switch (left, right)
        {
            case (string a, string b):
                budget.Scan(Math.Min(a.Length, b.Length));
                return a == b;
            case (PyList a, PyList b):
                return SequencesEqual(a.Items, b.Items, budget);
            case (PyTuple a, PyTuple b):
                return SequencesEqual(a.Items, b.Items, budget);
            case (PyView a, PyView b):
                return a.Kind == b.Kind && a.Kind != "dict_values" && SequencesEqual(a.Items, b.Items, budget);
            case (PyDict a, PyDict b):
                return DictsEqual(a, b, budget);
            default:
                return ScalarsEqual(left, right);
        }
    }

    /// <summary>Equality of what may be a dictionary's key: nothing in it can nest deeply.</summary>
    public static bool KeysEqual(object? left, object? right) => (left, right) switch
    {
        (string a, string b) => a == b,
        (PyTuple a, PyTuple b) => a.Items.Count == b.Items.Count && a.Items.Zip(b.Items).All(pair => KeysEqual(pair.First, pair.Second)),
        _ => ScalarsEqual(left, right),
    };

    private static bool ScalarsEqual(object? left, object? right)
    {
        if (left is Undefined && right is Undefined)
            return true;

        if (PyNumber.TryCompare(left, right, out var order))
            return order == 0;

        return left is BigInteger || right is BigInteger ? Equals(left, right) : ReferenceEquals(left, right);
    }

    private static bool SequencesEqual(IReadOnlyList<object?> left, IReadOnlyList<object?> right, Budget budget)
    {
        if (left.Count != right.Count)
            return false;

        budget.Enter();
        for (var i = 0; i < left.Count; i++)
        {
            if (!AreEqual(left[i], right[i], budget))
            {
                budget.Leave();
                return false;
            }
        }

        budget.Leave();
        return true;
    }

    private static bool DictsEqual(PyDict left, PyDict right, Budget budget)
    {
        if (left.Count != right.Count)
            return false;

        budget.Enter();
        foreach (var (key, value) in left.Items)
        {
            if (!right.TryGet(key, out var other) || !AreEqual(value, other, budget))
            {
                budget.Leave();
                return false;
            }
        }

        budget.Leave();
        return true;
    }
}
