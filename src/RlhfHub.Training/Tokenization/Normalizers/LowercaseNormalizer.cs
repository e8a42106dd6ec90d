namespace RlhfHub.Training.Tokenization.Normalizers;

/// <summary>Lower case of each character by itself, whatever stands around it (a final sigma becomes σ).</summary>
internal sealed class LowercaseNormalizer : INormalizer
{
    public string Normalize(string text) => Lower(text);

    // The dotted capital I is the only character whose lower case is two.
    public static string Lower(string text) => text.Contains('\u0130') ? text.Replace("\u0130", "i\u0307", StringComparison.Ordinal).ToLowerInvariant() : text.ToLowerInvariant();
}
