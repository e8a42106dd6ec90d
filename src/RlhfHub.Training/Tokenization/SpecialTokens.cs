using System.Text.Json;

namespace RlhfHub.Training.Tokenization;

/// <summary>What a model folder says about its tokenizer beside <c>tokenizer.json</c>.</summary>
internal sealed record SpecialTokens
{
    // model_max_length is 1e30 where nobody set it.
    private const int LongestSaneLength = 100_000_000;

    public string? Bos { get; init; }
    public string? Eos { get; init; }
    public string? Pad { get; init; }
    public string? Unknown { get; init; }
    public int? MaxLength { get; init; }

    /// <summary>Reads <c>tokenizer_config.json</c> or <c>special_tokens_map.json</c>.</summary>
    public static SpecialTokens Read(JsonSection section) => new()
    {
        Bos = ReadToken(section.Find("bos_token")),
        Eos = ReadToken(section.Find("eos_token")),
        Pad = ReadToken(section.Find("pad_token")),
        Unknown = ReadToken(section.Find("unk_token")),
        MaxLength = section.Find("model_max_length") is { } length && ReadLength(length) is { } value ? value : null,
    };

    /// <summary>These, and what <paramref name="fallback"/> says where they say nothing.</summary>
    public SpecialTokens Or(SpecialTokens fallback) => new()
    {
        Bos = Bos ?? fallback.Bos,
        Eos = Eos ?? fallback.Eos,
        Pad = Pad ?? fallback.Pad,
        Unknown = Unknown ?? fallback.Unknown,
        MaxLength = MaxLength ?? fallback.MaxLength,
    };

    // "<s>" or {"content": "<s>", ...}
    private static string? ReadToken(JsonSection? section)
    {
        if (section is not { } present) return null;
        return present.Element.ValueKind == JsonValueKind.Object ? present.Require("content").AsString() : present.AsString();
    }

    private static int? ReadLength(JsonSection section)
    {
        if (section.Element.ValueKind != JsonValueKind.Number) throw section.Error("is not a number of tokens");
        return section.Element.TryGetInt32(out var value) && value is > 0 and <= LongestSaneLength ? value : null;
    }
}
