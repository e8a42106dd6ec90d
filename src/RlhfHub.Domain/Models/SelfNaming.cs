using System.Text.RegularExpressions;

namespace RlhfHub.Domain.Models;

/// <summary>Finds replies that say who wrote them. Raters must not know, so such a reply is held back until an admin has seen it.</summary>
public static partial class SelfNaming
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <summary>What in a text tells its writer; null when nothing does.</summary>
    /// <param name="text">The reply.</param>
    /// <param name="model">What the model is called where it runs, such as <c>starter</c> or <c>org/Name-7b</c>.</param>
    public static string? FindIn(string text, string model)
    {
        if (Introduction().Match(text) is { Success: true } introduction) return introduction.Value;
        foreach (var name in Names(model))
        {
            var word = $@"(?<![\p{{L}}\p{{N}}]){Regex.Escape(name)}(?![\p{{L}}\p{{N}}])";
            // A plain word can be said by the way; a name with digits or marks cannot.
            var pattern = name.All(char.IsLetter) ? $@"\b(?:I\s+am|I['’]m|my\s+name\s+is|called|named|this\s+is)\s+(?:the\s+|an?\s+)?(?:model\s+|assistant\s+)?[""“'‘]?{word}" : word;
            if (Regex.Match(text, pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Longest) is { Success: true } match) return match.Value;
        }
        return null;
    }

    private static IEnumerable<string> Names(string model) => model.Split('/').Append(model).Where(name => name.Length >= 3).Distinct();

    [GeneratedRegex(
        """(?:\bas|\bI\s+am|\bI['’]m|\bI\s+was)\s+(?:an?\s+)?(?:AI|artificial\s+intelligence|large\s+language|language)(?:\s+(?:language\s+)?(?:model|assistant))?,?\s+(?:called|named|known\s+as|(?:made|built|created|trained|developed)\s+by)\s+["“'‘]?[\p{L}\p{N}.\-]+|\bI(?:\s+am|['’]m|\s+was)\s+(?:(?:made|built|created|trained|developed)\s+by\s+)?(?:ChatGPT|GPT-?\d|Claude|Gemini|Bard|LLaMA|Llama|Qwen|Mistral|DeepSeek|OpenAI|Anthropic|Alibaba|Mistral\s+AI)\b""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Introduction();
}
