namespace RlhfHub.Training.Simulation.Grammar;

/// <summary>Finds every phrase that a text can be read as, in a tree of words and slots. Case and punctuation do not count.</summary>
internal sealed class PhraseIndex<T>
{
    private readonly Node root = new();

    public void Add(Phrase phrase, T meaning)
    {
        var node = root;
        foreach (var (word, slot) in phrase.Elements()) node = word is null ? node.After(slot!) : node.After(word);
        node.Meanings.Add(meaning);
    }

    /// <summary>All readings of the words, with the values found in the slots.</summary>
    public IReadOnlyList<(T Meaning, IReadOnlyDictionary<string, string> Values)> Match(IReadOnlyList<string> words)
    {
        var found = new List<(T, IReadOnlyDictionary<string, string>)>();
        Follow(root, words, 0, [], found);
        return found;
    }

    private static void Follow(
        Node node, IReadOnlyList<string> words, int at, List<(string Slot, string Word)> values, List<(T, IReadOnlyDictionary<string, string>)> found)
    {
        if (at == words.Count)
        {
            foreach (var meaning in node.Meanings) found.Add((meaning, values.DistinctBy(v => v.Slot).ToDictionary(v => v.Slot, v => v.Word)));
            return;
        }
        if (node.ByWord.TryGetValue(words[at], out var next)) Follow(next, words, at + 1, values, found);
        foreach (var (slot, after) in node.BySlot)
        {
            var surface = "";
            for (var end = at; end < Math.Min(words.Count, at + slot.Words.MostWords); end++)
            {
                surface = end == at ? words[end] : $"{surface} {words[end]}";
                if (slot.Words.Read(slot.Form, surface) is not { } word || values.Exists(v => v.Slot == slot.Name && v.Word != word)) continue;
                values.Add((slot.Name, word));
                Follow(after, words, end + 1, values, found);
                values.RemoveAt(values.Count - 1);
            }
        }
    }

    private sealed class Node
    {
        public Dictionary<string, Node> ByWord { get; } = [];

        public List<(Slot Slot, Node After)> BySlot { get; } = [];

        public List<T> Meanings { get; } = [];

        public Node After(string word) => ByWord.TryGetValue(word, out var next) ? next : ByWord[word] = new Node();

        public Node After(Slot slot)
        {
            foreach (var (known, after) in BySlot)
                if (known == slot) return after;
            var next = new Node();
            BySlot.Add((slot, next));
            return next;
        }
    }
}
