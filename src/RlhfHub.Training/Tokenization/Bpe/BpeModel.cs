using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace RlhfHub.Training.Tokenization.Bpe;

/// <summary>Byte pair encoding of one piece of text: characters, then merges in the order in which they were learned. Sennrich et al. 2016, https://arxiv.org/abs/1508.07909.</summary>
internal sealed class BpeModel
{
    private const int LongestCachedPiece = 256;
    private const int MaximumCachedPieces = 65_536;

    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> vocabularyBySpan;
    private readonly BpeMerges merges;
    private readonly BpeOptions options;
    private readonly int?[] byteIds;

    private readonly ConcurrentDictionary<string, int[]> cache = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> cacheBySpan;
    private int cachedPieces;

    public BpeModel(Dictionary<string, int> vocabulary, BpeMerges merges, BpeOptions options)
    {
        this.merges = merges;
        this.options = options;
        vocabularyBySpan = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        cacheBySpan = cache.GetAlternateLookup<ReadOnlySpan<char>>();
        byteIds = new int?[256];
        for (var value = 0; value < 256 && options.UsesByteFallback; value++)
        {
            if (vocabulary.TryGetValue(string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>"), out var id)) byteIds[value] = id;
        }
    }

    public int? UnknownId => options.UnknownId;

    /// <summary>Appends the ids of a piece. Safe to call from several threads.</summary>
    public void Encode(ReadOnlySpan<char> piece, List<int> output)
    {
        if (piece.Length == 0) return;
        if (options.PrefersWholePieces && vocabularyBySpan.TryGetValue(piece, out var whole))
        {
            output.Add(whole);
            return;
        }
        if (cacheBySpan.TryGetValue(piece, out var known))
        {
            output.AddRange(known);
            return;
        }
        var ids = merges.Apply(Symbols(piece));
        output.AddRange(ids);
        if (piece.Length > LongestCachedPiece || Volatile.Read(ref cachedPieces) >= MaximumCachedPieces) return;
        if (cache.TryAdd(piece.ToString(), ids)) Interlocked.Increment(ref cachedPieces);
    }

    private List<int> Symbols(ReadOnlySpan<char> piece)
    {
        var symbols = new List<int>(piece.Length);
        int? pendingUnknown = null;
        var hasAffixes = options.ContinuingPrefix.Length > 0 || options.WordSuffix.Length > 0;
        Span<char> buffer = stackalloc char[2];
        var position = 0;
        foreach (var rune in piece.EnumerateRunes())
        {
            var character = buffer[..rune.EncodeToUtf16(buffer)];
            var isFirst = position == 0;
            position += character.Length;
            var isLast = position == piece.Length;
            var hasId = vocabularyBySpan.TryGetValue(hasAffixes ? Affixed(character, isFirst, isLast) : character, out var id);
            if (hasId)
            {
                if (pendingUnknown is { } unknown) symbols.Add(unknown);
                pendingUnknown = null;
                symbols.Add(id);
            }
            else if (!(options.UsesByteFallback && TryAddBytes(Affixed(character, isFirst, isLast), symbols)) && options.UnknownId is { } unknownId)
            {
                if (pendingUnknown is not null && !options.FusesUnknown) symbols.Add(unknownId);
                pendingUnknown = unknownId;
            }
        }
        if (pendingUnknown is { } last) symbols.Add(last);
        return symbols;
    }

    private string Affixed(ReadOnlySpan<char> character, bool isFirst, bool isLast) =>
        string.Concat(isFirst ? "" : options.ContinuingPrefix, character, isLast ? options.WordSuffix : "");

    private bool TryAddBytes(string character, List<int> symbols)
    {
        var bytes = Encoding.UTF8.GetBytes(character);
        foreach (var value in bytes)
        {
            if (byteIds[value] is null) return false;
        }
        foreach (var value in bytes) symbols.Add(byteIds[value]!.Value);
        return true;
    }
}

/// <summary>The switches of a BPE model.</summary>
internal sealed record BpeOptions
{
    /// <summary>Stands for characters without a token; null drops them.</summary>
    public int? UnknownId { get; init; }

    /// <summary>Neighbouring unknown characters become one token.</summary>
    public bool FusesUnknown { get; init; }

    /// <summary>Characters without a token become one token a byte, such as <c>&lt;0xE4&gt;</c>.</summary>
    public bool UsesByteFallback { get; init; }

    /// <summary>A piece that is in the vocabulary is that token, whatever the merges say (<c>ignore_merges</c>).</summary>
    public bool PrefersWholePieces { get; init; }

    /// <summary>Stands before every character of a piece but the first.</summary>
    public string ContinuingPrefix { get; init; } = "";

    /// <summary>Stands after the last character of a piece.</summary>
    public string WordSuffix { get; init; } = "";
}
