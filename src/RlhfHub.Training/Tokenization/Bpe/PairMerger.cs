using System.Runtime.InteropServices;
using System.Text;

namespace RlhfHub.Training.Tokenization.Bpe;

/// <summary>The loop of <see cref="BpeTrainer"/>. Counts change only where a merge touched a word, so a merge costs what it changes and not a pass over everything.</summary>
internal sealed class PairMerger
{
    private readonly List<string> vocabulary;
    private readonly Dictionary<string, int> ids;
    private readonly HashSet<string> special;
    private readonly BpeTrainerOptions options;
    private readonly List<Word> words;

    private readonly Dictionary<long, long> counts = [];
    private readonly Dictionary<long, List<int>> wordsOfPair = [];

    // Most frequent first; of equal ones the pair of the lowest ids, so that a tie has one outcome on every machine.
    private readonly PriorityQueue<long, (long NegativeCount, long Pair)> queue = new();

    /// <param name="wordCounts">Words, and how often each stands in the texts.</param>
    /// <param name="vocabulary">The tokens so far; new ones are added to it.</param>
    /// <param name="options">When to stop.</param>
    public PairMerger(Dictionary<string, long> wordCounts, List<string> vocabulary, BpeTrainerOptions options)
    {
        this.vocabulary = vocabulary;
        this.options = options;
        ids = vocabulary.Select((token, id) => (token, id)).ToDictionary(item => item.token, item => item.id, StringComparer.Ordinal);
        special = [.. options.SpecialTokens];
        words = [.. wordCounts.Select(pair => new Word(Symbols(pair.Key), pair.Value))];
        for (var i = 0; i < words.Count; i++)
        {
            for (var at = 0; at + 1 < words[i].Length; at++) Change(words[i].Symbols[at], words[i].Symbols[at + 1], words[i].Count, i);
        }
        foreach (var (pair, count) in counts) queue.Enqueue(pair, (-count, pair));
    }

    /// <summary>Merges until the vocabulary is full or no pair is frequent enough; returns the merges in order.</summary>
    public List<(string Left, string Right)> Run()
    {
        var merges = new List<(string Left, string Right)>();
        while (vocabulary.Count < options.VocabularySize && queue.TryDequeue(out var pair, out var priority))
        {
            var count = counts.GetValueOrDefault(pair);
            if (count != -priority.NegativeCount)
            {
                // The count has changed since: back in line, at its new place.
                if (count > 0) queue.Enqueue(pair, (-count, pair));
                continue;
            }
            if (count < options.MinimumFrequency) break;
            var (left, right) = ((int)(pair >> 32), (int)pair);
            var token = vocabulary[left] + vocabulary[right];
            // Text that looks like a special token must not become one.
            if (special.Contains(token)) continue;
            if (!ids.TryGetValue(token, out var id))
            {
                id = vocabulary.Count;
                ids.Add(token, id);
                vocabulary.Add(token);
            }
            merges.Add((vocabulary[left], vocabulary[right]));
            MergeEverywhere(pair, left, right, id);
        }
        return merges;
    }

    private void MergeEverywhere(long pair, int left, int right, int id)
    {
        if (!wordsOfPair.Remove(pair, out var places)) return;
        var born = new HashSet<long>();
        foreach (var place in places)
        {
            var word = words[place];
            var symbols = word.Symbols;
            var write = 0;
            for (var read = 0; read < word.Length; read++)
            {
                if (symbols[read] != left || read + 1 >= word.Length || symbols[read + 1] != right)
                {
                    symbols[write++] = symbols[read];
                    continue;
                }
                Change(left, right, -word.Count, -1);
                if (write > 0)
                {
                    Change(symbols[write - 1], left, -word.Count, -1);
                    born.Add(Change(symbols[write - 1], id, word.Count, place));
                }
                if (read + 2 < word.Length)
                {
                    Change(right, symbols[read + 2], -word.Count, -1);
                    born.Add(Change(id, symbols[read + 2], word.Count, place));
                }
                symbols[write++] = id;
                read++;
            }
            word.Length = write;
        }
        foreach (var key in born)
        {
            if (counts.GetValueOrDefault(key) is > 0 and var count) queue.Enqueue(key, (-count, key));
        }
    }

    /// <returns>The pair's key.</returns>
    private long Change(int left, int right, long by, int place)
    {
        var key = (long)left << 32 | (uint)right;
        CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _) += by;
        if (place < 0) return key;
        ref var places = ref CollectionsMarshal.GetValueRefOrAddDefault(wordsOfPair, key, out _);
        places ??= [];
        if (places.Count == 0 || places[^1] != place) places.Add(place);
        return key;
    }

    private int[] Symbols(string word)
    {
        var characters = new StringBuilder();
        ByteAlphabet.Append(word, characters);
        var symbols = new int[characters.Length];
        for (var i = 0; i < symbols.Length; i++) symbols[i] = ids[characters[i].ToString()];
        return symbols;
    }

    private sealed class Word(int[] symbols, long count)
    {
        public int[] Symbols { get; } = symbols;
        public int Length { get; set; } = symbols.Length;
        public long Count { get; } = count;
    }
}
