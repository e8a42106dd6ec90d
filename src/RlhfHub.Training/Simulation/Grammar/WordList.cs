namespace RlhfHub.Training.Simulation.Grammar;

/// <summary>
/// Words that may stand in one place of a phrase, and the forms in which they stand there: bare, <c>a</c> ("an owl"), <c>the</c> ("the owl")
/// and <c>where</c> ("in the forest").
/// </summary>
internal sealed class WordList
{
    private readonly Dictionary<(string Form, string Word), string> surfaces = [];
    private readonly Dictionary<(string Form, string Surface), string> words = [];

    private WordList(IEnumerable<string> entries)
    {
        foreach (var entry in entries)
        {
            // "forest:in" = the word and its preposition.
            var (word, preposition) = entry.Split(':') is [var left, var right] ? (left, right) : (entry, null);
            All.Add(word);
            AddForm("", word, word);
            AddForm("a", word, ("aeiou".Contains(word[0]) ? "an " : "a ") + word);
            AddForm("the", word, "the " + word);
            if (preposition is not null) AddForm("where", word, $"{preposition} the {word}");
        }
        MostWords = words.Keys.Max(key => key.Surface.Count(letter => letter == ' ') + 1);
    }

    /// <summary>Every word, in the order given.</summary>
    public List<string> All { get; } = [];

    /// <summary>Length of the longest form in words.</summary>
    public int MostWords { get; }

    /// <summary>A list of words parted by commas.</summary>
    public static WordList Of(string entries) => new(entries.Split(',', StringSplitOptions.TrimEntries));

    public static WordList Of(IEnumerable<string> entries) => new(entries);

    public bool HasForm(string form) => surfaces.ContainsKey((form, All[0]));

    /// <summary>The word as it is written in that form.</summary>
    public string Surface(string form, string word) => surfaces[(form, word)];

    /// <summary>The word that is written so, in lower case, in that form; null if none is.</summary>
    public string? Read(string form, string surface) => words.GetValueOrDefault((form, surface));

    private void AddForm(string form, string word, string surface)
    {
        surfaces[(form, word)] = surface;
        words[(form, surface.ToLowerInvariant())] = word;
    }
}
