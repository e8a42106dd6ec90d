namespace RlhfHub.Training.Simulation.Grammar;

/// <summary>64-bit FNV-1a of numbers and texts: <c>string.GetHashCode</c> differs between processes. http://www.isthe.com/chongo/tech/comp/fnv/</summary>
internal static class StableHash
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    public static long Of(long first, long second) => (long)Add(Add(Offset, first), second);

    public static long Of(long seed, params ReadOnlySpan<string> texts)
    {
        var hash = Add(Offset, seed);
        foreach (var text in texts)
        {
            foreach (var letter in text) hash = (hash ^ letter) * Prime;
            // The length parts the texts: "ab", "c" is not "a", "bc".
            hash = Add(hash, text.Length);
        }
        return (long)hash;
    }

    private static ulong Add(ulong hash, long number)
    {
        for (var shift = 0; shift < 64; shift += 8) hash = (hash ^ (byte)(number >> shift)) * Prime;
        return hash;
    }
}
