using System.Text;
using RlhfHub.Training.Tokenization.Patterns;
using RlhfHub.Training.Tokenization.Unicode;

namespace RlhfHub.Training.Tokenization.Normalizers;

/// <summary>BERT's cleaning: control characters out, white space to blanks, spaces around Chinese characters, accents and capitals off.</summary>
internal sealed class BertNormalizer(bool cleans, bool spacesChinese, bool stripsAccents, bool lowers) : INormalizer
{
    private static readonly CodePointSet Chinese = new(ranges:
        [0x4E00, 0x9FFF, 0x3400, 0x4DBF, 0x20000, 0x2A6DF, 0x2A700, 0x2B73F, 0x2B740, 0x2B81F, 0x2B920, 0x2CEAF, 0xF900, 0xFAFF, 0x2F800, 0x2FA1F]);

    public string Normalize(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (cleans && rune.Value is not ('\t' or '\n' or '\r') && (rune.Value == 0xFFFD || UnicodeProperties.Other.Contains(rune.Value))) continue;
            if (cleans && UnicodeProperties.WhiteSpace.Contains(rune.Value)) result.Append(' ');
            else if (spacesChinese && Chinese.Contains(rune.Value)) result.Append(' ').Append(rune).Append(' ');
            else result.Append(rune);
        }
        text = result.ToString();
        if (stripsAccents) text = StripAccentsNormalizer.Without(Normalization.Normalize(text, NormalizationForm.FormD), UnicodeProperties.NonSpacing);
        return lowers ? LowercaseNormalizer.Lower(text) : text;
    }

    public static BertNormalizer Read(JsonSection section)
    {
        var lowers = section.FindBoolean("lowercase", true);
        return new(section.FindBoolean("clean_text", true), section.FindBoolean("handle_chinese_chars", true), section.FindBoolean("strip_accents", lowers), lowers);
    }
}
