using System.Diagnostics.CodeAnalysis;

namespace RlhfHub.Training.Tokenization.Templates.Values;

/// <summary>A Python dictionary: keeps the order of insertion; 1, 1.0 and True are the same key.</summary>
internal sealed class PyDict
{
    // .NET's dictionaries take no null, Python's take None.
    private static readonly object NoneKey = new();

    private readonly OrderedDictionary<object, object?> entries = new(new KeyComparer());

    public int Count => entries.Count;

    public IEnumerable<object?> Keys => entries.Keys.Select(FromKey);

    public IEnumerable<object?> Values => entries.Values;

    public IEnumerable<KeyValuePair<object?, object?>> Items => entries.Select(entry => KeyValuePair.Create(FromKey(entry.Key), entry.Value));

    public object? this[object? key]
    {
        set => entries[ToKey(key)] = value;
    }

    public bool TryGet(object? key, out object? value)
    {
        value = null;
        return IsHashable(key) && entries.TryGetValue(ToKey(key), out value);
    }

    public static bool IsHashable([NotNullWhen(false)] object? key) => key switch
    {
        PyList or PyDict => false,
        PyTuple tuple => tuple.Items.All(item => item is not PyTuple && IsHashable(item)),
        _ => true,
    };

    public static void RequireHashable(object? key)
    {
        if (!IsHashable(key))
            throw new TemplateFault($"a {PyType.Name(key)} cannot be the key of a dictionary");
    }

    private static object ToKey(object? key)
    {
        RequireHashable(key);
        return key ?? NoneKey;
    }

    private static object? FromKey(object key) => ReferenceEquals(key, NoneKey) ? null : key;

    private sealed class KeyComparer : IEqualityComparer<object>
    {
        bool IEqualityComparer<object>.Equals(object? left, object? right) => PyEquality.KeysEqual(left, right);

        // Seeded per process by HashCode, so that no template can aim at collisions.
        int IEqualityComparer<object>.GetHashCode(object key) => key switch
        {
            string text => text.GetHashCode(),
            bool flag => HashNumber(flag ? 1 : 0),
            long number => HashNumber(number),
            double number => number == Math.Floor(number) && Math.Abs(number) < 9e18 ? HashNumber((long)number) : HashNumber(BitConverter.DoubleToInt64Bits(number)),
            PyTuple tuple => tuple.Items.Aggregate(tuple.Items.Count, (hash, item) => HashCode.Combine(hash, item is null ? 0 : ((IEqualityComparer<object>)this).GetHashCode(item))),
            _ => key.GetHashCode(),
        };

        private static int HashNumber(long number) => HashCode.Combine((int)number, (int)(number >> 32));
    }
}
