namespace RlhfHub.Training.Tokenization.Templates.Values;

// A template's values are plain .NET where Python's kind has an equal: null is None, bool, long (and BigInteger from outside), double, string.
// The rest is here. Nothing but a namespace can be changed: Hugging Face's sandbox allows no more.

/// <summary>A Python list or tuple.</summary>
internal abstract class PySequence(IReadOnlyList<object?> items)
{
    public IReadOnlyList<object?> Items { get; } = items;
}

internal sealed class PyList(IReadOnlyList<object?> items) : PySequence(items);

internal sealed class PyTuple(IReadOnlyList<object?> items) : PySequence(items);

/// <summary>What Python counts and walks through without making a list of it: <c>range(3)</c>, <c>d.keys()</c>, <c>d.items()</c>, <c>d.values()</c>.</summary>
/// <param name="kind">Python's name of the type.</param>
/// <param name="items">What walking through it gives.</param>
/// <param name="text">What printing gives instead of the items; null to print them.</param>
internal sealed class PyView(string kind, IReadOnlyList<object?> items, string? text = null)
{
    public string Kind { get; } = kind;

    public IReadOnlyList<object?> Items { get; } = items;

    public string? Text { get; } = text;

    /// <summary>A range has places, a dictionary's views have none.</summary>
    public bool IsIndexable => Kind == "range";
}

/// <summary>What <c>map</c>, <c>select</c>, <c>reverse</c> and their like give: can be walked through once, has no length and no places.</summary>
internal sealed class PyIterator(IReadOnlyList<object?> items)
{
    private int next;

    public bool TryTake(out object? item)
    {
        item = next < items.Count ? items[next] : null;
        return next++ < items.Count;
    }

    public IReadOnlyList<object?> TakeAll()
    {
        var rest = next == 0 ? items : [.. items.Skip(next)];
        next = items.Count;
        return rest;
    }
}
