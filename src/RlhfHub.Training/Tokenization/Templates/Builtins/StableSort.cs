using RlhfHub.Training.Tokenization.Templates.Evaluation;

namespace RlhfHub.Training.Tokenization.Templates.Builtins;

/// <summary>
/// A merge sort that keeps equal items in order. .NET's sorts wrap what a comparison throws, and here every comparison may: it is paid for, and values may have no order.
/// </summary>
internal static class StableSort
{
    public static IReadOnlyList<object?> By(IReadOnlyList<object?> items, Func<object?, object?> key, bool isReverse, Budget budget)
    {
        var keyed = new (object? Key, object? Item)[items.Count];
        for (var i = 0; i < keyed.Length; i++)
        {
            budget.Step();
            keyed[i] = (key(items[i]), items[i]);
        }

        var spare = new (object? Key, object? Item)[keyed.Length];
        for (var width = 1L; width < keyed.Length; width *= 2)
        {
            for (var start = 0L; start < keyed.Length; start += 2 * width)
                Merge(keyed, spare, start, Math.Min(start + width, keyed.Length), Math.Min(start + 2 * width, keyed.Length), isReverse, budget);

            (keyed, spare) = (spare, keyed);
        }

        return [.. keyed.Select(entry => entry.Item)];
    }

    private static void Merge(
        (object? Key, object? Item)[] from, (object? Key, object? Item)[] to, long start, long middle, long end, bool isReverse, Budget budget)
    {
        var (left, right) = (start, middle);
        for (var at = start; at < end; at++)
        {
            var takesLeft = right >= end || (left < middle && !IsBefore(from[right].Key, from[left].Key, isReverse, budget));
            to[at] = takesLeft ? from[left++] : from[right++];
        }
    }

    private static bool IsBefore(object? candidate, object? current, bool isReverse, Budget budget) =>
        (isReverse ? Comparisons.Order(current, candidate, budget) : Comparisons.Order(candidate, current, budget)) < 0;
}
