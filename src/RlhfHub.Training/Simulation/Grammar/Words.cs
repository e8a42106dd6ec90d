namespace RlhfHub.Training.Simulation.Grammar;

/// <summary>Cuts texts into sentences and sentences into words.</summary>
internal static class Words
{
    private static readonly char[] Ends = ['.', '!', '?'];
    private static readonly char[] Between = [' ', '\t', '\r', '\n', ',', ';', ':', '"', '.', '!', '?'];

    /// <summary>The words in lower case, without punctuation.</summary>
    public static string[] Of(string text) => text.ToLowerInvariant().Split(Between, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Sentences with their final mark; a last one without a mark comes as it is.</summary>
    public static IEnumerable<string> Sentences(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOfAny(Ends, start);
            var after = end < 0 ? text.Length : end + 1;
            var sentence = text[start..after].Trim();
            if (sentence.Length > 0) yield return sentence;
            start = after;
        }
    }
}
