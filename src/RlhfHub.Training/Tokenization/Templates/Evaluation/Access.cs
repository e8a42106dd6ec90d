using RlhfHub.Training.Tokenization.Templates.Builtins;
using RlhfHub.Training.Tokenization.Templates.Values;

namespace RlhfHub.Training.Tokenization.Templates.Evaluation;

/// <summary>
/// <c>value.name</c>, <c>value[key]</c> and <c>value[a:b:c]</c>. Jinja lets the first two stand for each other, and looks for methods first after a dot:
/// <c>schema.items</c> is the method of a dictionary, <c>schema['items']</c> its entry.
/// </summary>
internal static class Access
{
    public static object? Attribute(object? target, string name)
    {
        if (target is Undefined undefined)
            throw new TemplateFault(undefined.Reason);

        return TryGetMember(target, name, out var member) || TryGetItem(target, name, out member) ? member : NoAttribute(target, name);
    }

    public static object? Index(object? target, object? key, Budget budget)
    {
        if (target is Undefined undefined)
            throw new TemplateFault(undefined.Reason);

        if (target is string text)
            budget.Walk(text.Length);

        if (TryGetItem(target, key, out var item))
            return item;

        if (key is string name)
            return TryGetMember(target, name, out var member) ? member : NoAttribute(target, name);

        return new Undefined($"the value of type {PyType.Name(target)} has no element {PyText.Repr(key, budget)}");
    }

    public static object? Slice(object? target, object? start, object? stop, object? step, Budget budget)
    {
        var size = target switch
        {
            string text => LengthOf(text, budget),
            PySequence sequence => sequence.Items.Count,
            PyView { IsIndexable: true } view => view.Items.Count,
            Undefined undefined => throw new TemplateFault(undefined.Reason),
            _ => -1,
        };
        if (size < 0)
            throw PyType.Unfit("a slice", target);

        var (first, count, stride) = SliceBounds.Of(Bound(start), Bound(stop), Bound(step), size);
        if (target is string whole)
            return SliceText(whole, first, count, stride, budget);

        var items = target is PySequence { Items: var all } ? all : ((PyView)target!).Items;
        budget.Step(1 + count / 8);
        var picked = new object?[count];
        for (var i = 0; i < count; i++)
            picked[i] = items[(int)(first + i * stride)];

        return target is PyTuple ? new PyTuple(picked) : new PyList(picked);
    }

    private static bool TryGetMember(object? target, string name, out object? member)
    {
        switch (target)
        {
            case PyNamespace space:
                return space.Attributes.TryGetValue(name, out member);
            case LoopState loop:
                return loop.TryGetAttribute(name, out member);
            default:
                member = Methods.Find(target, name);
                return member is not null;
        }
    }

    private static bool TryGetItem(object? target, object? key, out object? item)
    {
        item = null;
        if (target is PyDict dict)
            return dict.TryGet(key, out item);

        if (!PyNumber.TryInteger(key, out var index))
            return false;

        if (target is string text)
        {
            item = PythonString.At(text, index);
            return item is not null;
        }

        var items = target switch { PySequence sequence => sequence.Items, PyView { IsIndexable: true } view => view.Items, _ => null };
        index += index < 0 && items is not null ? items.Count : 0;
        if (items is null || index < 0 || index >= items.Count)
            return false;

        item = items[(int)index];
        return true;
    }

    private static Undefined NoAttribute(object? target, string name) => new($"a value of type {PyType.Name(target)} has no attribute '{name}'");

    private static long? Bound(object? value) => value switch
    {
        null => null,
        Undefined undefined => throw new TemplateFault(undefined.Reason),
        _ => PyNumber.TryInteger(value, out var bound) ? bound : throw PyType.Unfit("a slice", value),
    };

    private static int LengthOf(string text, Budget budget)
    {
        budget.Walk(text.Length);
        return PythonString.Length(text);
    }

    private static string SliceText(string text, long first, int count, long stride, Budget budget)
    {
        budget.Walk(text.Length);
        budget.Text(count);
        if (stride == 1)
        {
            var start = PythonString.OffsetOf(text, (int)first);
            var end = start + PythonString.OffsetOf(text[start..], count);
            return text[start..end];
        }

        budget.Step(text.Length);
        var characters = PythonString.Characters(text);
        return string.Concat(Enumerable.Range(0, count).Select(i => characters[(int)(first + i * stride)]));
    }
}

/// <summary>Python's rules for the bounds of a slice: what is left out or too far counts to the end.</summary>
internal static class SliceBounds
{
    public static (long First, int Count, long Step) Of(long? start, long? stop, long? step, int size)
    {
        var stride = step ?? 1;
        if (stride == 0)
            throw new TemplateFault("a slice's step cannot be zero");

        // Beyond the size every stride means the same, and the arithmetic below cannot overflow.
        stride = Math.Clamp(stride, -(size + 1L), size + 1L);
        var (low, high) = stride > 0 ? (0L, (long)size) : (-1L, size - 1L);
        var first = start is { } from ? Math.Clamp(from < 0 ? Math.Max(from, -size - 1L) + size : from, low, high) : stride > 0 ? low : high;
        var end = stop is { } to ? Math.Clamp(to < 0 ? Math.Max(to, -size - 1L) + size : to, low, high) : stride > 0 ? high : low;
        var span = stride > 0 ? end - first : first - end;
        var count = span <= 0 ? 0 : (span + Math.Abs(stride) - 1) / Math.Abs(stride);
        return (first, (int)count, stride);
    }
}
