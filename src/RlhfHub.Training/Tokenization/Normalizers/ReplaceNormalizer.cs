using System.Text;
using RlhfHub.Training.Tokenization.Patterns;

namespace RlhfHub.Training.Tokenization.Normalizers;

/// <summary>Puts a text in the place of every match of a pattern.</summary>
internal sealed class ReplaceNormalizer(Pattern pattern, string content, string place) : INormalizer
{
    public string Normalize(string text) => Replace(text, pattern, content, place);

    /// <param name="text">Where to look.</param>
    /// <param name="pattern">What to look for.</param>
    /// <param name="content">What to put instead.</param>
    /// <param name="place">File and key, for messages.</param>
    public static string Replace(string text, Pattern pattern, string content, string place)
    {
        var matches = new List<(int Start, int End)>();
        pattern.FindAll(text, matches);
        if (matches.Count == 0) return text;
        TextGrowth.Check(text.Length, (long)matches.Count * content.Length, place);
        var result = new StringBuilder(text.Length);
        var kept = 0;
        foreach (var (start, end) in matches)
        {
            result.Append(text, kept, start - kept).Append(content);
            kept = end;
        }
        return result.Append(text, kept, text.Length - kept).ToString();
    }

    public static ReplaceNormalizer Read(JsonSection section) =>
        new(PatternReader.Read(section.Require("pattern")), section.Require("content").AsString(), section.Place);
}
