using System.Text;
using RlhfHub.Training.Tokenization.Templates.Evaluation;
using RlhfHub.Training.Tokenization.Templates.Values;

namespace RlhfHub.Training.Tokenization.Templates.Builtins;

/// <summary>Python's <c>str.replace</c>.</summary>
internal static class TextReplacement
{
    /// <summary>Replaces the first <paramref name="count"/> places from the left, or all when it is negative.</summary>
    public static string Replace(string text, string old, string replacement, long count, Budget budget)
    {
        budget.Search(text.Length, old.Length);
        budget.Text(text.Length);
        if (old.Length == 0)
            return Interleave(text, replacement, count, budget);

        var output = new StringBuilder();
        var from = 0;
        for (var at = NextOf(old, 0); at >= 0; at = NextOf(old, from))
        {
            budget.Text(replacement.Length);
            output.Append(text, from, at - from).Append(replacement);
            from = at + old.Length;
            count--;
        }

        return from == 0 ? text : output.Append(text, from, text.Length - from).ToString();

        int NextOf(string sought, int start) => count == 0 ? -1 : text.IndexOf(sought, start, StringComparison.Ordinal);
    }

    // An empty text is found before every character and at the end.
    private static string Interleave(string text, string replacement, long count, Budget budget)
    {
        var characters = PythonString.Characters(text);
        budget.Text((long)replacement.Length * (characters.Count + 1));
        var output = new StringBuilder();
        for (var i = 0; i <= characters.Count; i++)
        {
            output.Append(count < 0 || i < count ? replacement : "");
            output.Append(i < characters.Count ? characters[i] : "");
        }

        return output.ToString();
    }
}
