using System.Globalization;
using System.Text;

namespace RlhfHub.Training.Tokenization.Patterns;

/// <summary>A set of Unicode code points: categories, ranges and other sets, united, then cut by intersections, then perhaps negated.</summary>
internal sealed class CodePointSet
{
    private readonly uint categories;
    private readonly int[] ranges;
    private readonly CodePointSet[] united;
    private readonly CodePointSet[] cutBy;
    private readonly bool isNegated;
    private readonly bool ignoresCase;

    // Nearly all text is asked about ASCII first, and many times: these answers are kept as bits.
    private readonly ulong asciiLow;
    private readonly ulong asciiHigh;

    /// <param name="categories">One bit for each <see cref="UnicodeCategory"/>.</param>
    /// <param name="ranges">First and last code point of each range, one after the other.</param>
    /// <param name="united">Sets that belong to this one.</param>
    /// <param name="cutBy">Sets that a code point must be in as well.</param>
    /// <param name="isNegated">The set is everything else.</param>
    /// <param name="ignoresCase">A code point is in when its lower or upper case is.</param>
    public CodePointSet(uint categories = 0, int[]? ranges = null, CodePointSet[]? united = null, CodePointSet[]? cutBy = null, bool isNegated = false, bool ignoresCase = false)
    {
        this.categories = categories;
        this.ranges = ranges ?? [];
        this.united = united ?? [];
        this.cutBy = cutBy ?? [];
        this.isNegated = isNegated;
        this.ignoresCase = ignoresCase;
        for (var code = 0; code < 64; code++)
        {
            if (Compute(code)) asciiLow |= 1UL << code;
            if (Compute(code + 64)) asciiHigh |= 1UL << code;
        }
    }

    public static CodePointSet Of(int codePoint, bool ignoresCase = false) => new(ranges: [codePoint, codePoint], ignoresCase: ignoresCase);

    public CodePointSet Negated() => new(united: [this], isNegated: true);

    public bool Contains(int codePoint) =>
        codePoint < 64 ? (asciiLow >> codePoint & 1) != 0 : codePoint < 128 ? (asciiHigh >> (codePoint - 64) & 1) != 0 : Compute(codePoint);

    private bool Compute(int codePoint)
    {
        var isIn = ignoresCase ? HasAnyCase(codePoint) : Has(codePoint);
        return isIn != isNegated;
    }

    private bool HasAnyCase(int codePoint)
    {
        if (Has(codePoint)) return true;
        if (codePoint is >= 0xD800 and <= 0xDFFF) return false;
        var rune = new Rune(codePoint);
        var upper = Rune.ToUpperInvariant(rune);
        // The last one joins characters that share only their upper case, such as the long s (U+017F) and s.
        return Has(upper.Value) || Has(Rune.ToLowerInvariant(rune).Value) || Has(Rune.ToLowerInvariant(upper).Value);
    }

    private bool Has(int codePoint)
    {
        if (!IsUnited(codePoint)) return false;
        foreach (var set in cutBy)
        {
            if (!set.Contains(codePoint)) return false;
        }
        return true;
    }

    private bool IsUnited(int codePoint)
    {
        if (categories != 0 && (categories >> (int)CharUnicodeInfo.GetUnicodeCategory(codePoint) & 1) != 0) return true;
        for (var i = 0; i < ranges.Length; i += 2)
        {
            if (codePoint >= ranges[i] && codePoint <= ranges[i + 1]) return true;
        }
        foreach (var set in united)
        {
            if (set.Contains(codePoint)) return true;
        }
        return false;
    }
}
