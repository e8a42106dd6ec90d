using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;

namespace RlhfHub.Domain.Prompts;

/// <summary>
/// A 64-bit fingerprint of a text whose bits are the majority votes of its word triples' hashes: near-duplicates differ in few bits.
/// Charikar 2002, https://dl.acm.org/doi/10.1145/509907.509965; used on web pages by Manku et al. 2007, https://dl.acm.org/doi/10.1145/1242572.1242592.
/// </summary>
public static class SimilarityHash
{
    /// <summary>Texts count as near-duplicates when at most so many bits differ, as Manku et al. found for pages.</summary>
    public const int NearBits = 3;

    private const int WordsPerFeature = 3;

    /// <summary>The fingerprint. Case and everything but letters and digits do not count.</summary>
    public static long Of(string text)
    {
        var words = Words(text);
        Span<int> votes = stackalloc int[64];
        var width = Math.Min(WordsPerFeature, words.Count);
        for (var start = 0; start + width <= words.Count && width > 0; start++)
        {
            var feature = string.Join(' ', words.GetRange(start, width));
            var hash = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(feature.AsSpan()));
            for (var bit = 0; bit < 64; bit++) votes[bit] += (hash >> bit & 1) == 1 ? 1 : -1;
        }
        ulong fingerprint = 0;
        for (var bit = 0; bit < 64; bit++)
            if (votes[bit] > 0) fingerprint |= 1UL << bit;
        return (long)fingerprint;
    }

    /// <summary>In how many bits two fingerprints differ, 0 to 64.</summary>
    public static int Distance(long left, long right) => BitOperations.PopCount((ulong)(left ^ right));

    private static List<string> Words(string text)
    {
        List<string> words = [];
        var start = -1;
        for (var place = 0; place <= text.Length; place++)
        {
            if (place < text.Length && (char.IsLetterOrDigit(text[place]) || char.IsSurrogate(text[place])))
            {
                if (start < 0) start = place;
            }
            else if (start >= 0)
            {
                words.Add(text[start..place].ToLowerInvariant());
                start = -1;
            }
        }
        return words;
    }
}

/// <summary>The fingerprints of a project's prompts, for asking which earlier text is nearly the same. Any two within <see cref="SimilarityHash.NearBits"/> agree in one of four bands of 16 bits.</summary>
public sealed class NearDuplicateIndex
{
    private readonly Dictionary<(int Band, ushort Key), List<(long Fingerprint, Guid PromptId)>> bands = [];

    /// <summary>Remembers a prompt.</summary>
    public void Add(long fingerprint, Guid promptId)
    {
        for (var band = 0; band < 4; band++)
        {
            var key = (band, (ushort)(fingerprint >> (16 * band)));
            if (!bands.TryGetValue(key, out var entries)) bands[key] = entries = [];
            entries.Add((fingerprint, promptId));
        }
    }

    /// <summary>A remembered prompt that is nearly the same; null when there is none. Texts without words have no fingerprint to compare.</summary>
    public Guid? Find(long fingerprint)
    {
        if (fingerprint == 0) return null;
        for (var band = 0; band < 4; band++)
        {
            if (!bands.TryGetValue((band, (ushort)(fingerprint >> (16 * band))), out var entries)) continue;
            foreach (var (other, promptId) in entries)
                if (SimilarityHash.Distance(fingerprint, other) <= SimilarityHash.NearBits) return promptId;
        }
        return null;
    }
}
