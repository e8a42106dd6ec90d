using RlhfHub.Training.Tokenization.Patterns;

namespace RlhfHub.Training.Tokenization.Normalizers;

/// <summary>Takes white space off the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : INormalizer
{
    public string Normalize(string text)
    {
        var (start, end) = (0, text.Length);
        while (left && start < end && UnicodeProperties.WhiteSpace.Contains(text[start])) start++;
        while (right && end > start && UnicodeProperties.WhiteSpace.Contains(text[end - 1])) end--;
        return text[start..end];
    }

    public static StripNormalizer Read(JsonSection section) => new(section.Require("strip_left").AsBoolean(), section.Require("strip_right").AsBoolean());
}
