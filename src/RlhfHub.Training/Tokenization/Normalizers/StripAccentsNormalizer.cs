using System.Text;
using RlhfHub.Training.Tokenization.Patterns;

namespace RlhfHub.Training.Tokenization.Normalizers;

/// <summary>Drops combining marks; usually stands after NFD.</summary>
internal sealed class StripAccentsNormalizer : INormalizer
{
    public string Normalize(string text) => Without(text, UnicodeProperties.Mark);

    public static string Without(string text, CodePointSet unwanted)
    {
        if (Ascii.IsValid(text)) return text;
        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!unwanted.Contains(rune.Value)) kept.Append(rune);
        }
        return kept.ToString();
    }
}
