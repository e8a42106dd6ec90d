using System.Runtime.InteropServices;
using RlhfHub.Training.Models;
using RlhfHub.Training.Tokenization.Bpe;
using RlhfHub.Training.Tokenization.Patterns;

namespace RlhfHub.Training.Tokenization;

/// <summary>
/// Learns a byte-level vocabulary: again and again, the most frequent pair of neighbours becomes a token. Sennrich et al. 2016,
/// https://arxiv.org/abs/1508.07909, on bytes as GPT-2 does. The same texts and options give the same vocabulary on every machine.
/// </summary>
public static class BpeTrainer
{
    /// <summary>Learns a vocabulary from texts.</summary>
    /// <param name="texts">The texts; read once.</param>
    /// <param name="options">What the vocabulary should be like.</param>
    /// <exception cref="ArgumentException">The options contradict themselves; the message says where.</exception>
    /// <exception cref="ModelFileException">The pattern is broken or uses something that is not supported.</exception>
    public static TrainedTokenizer Train(IEnumerable<string> texts, BpeTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(options);
        Check(options);
        var words = CountWords(texts, Pattern.Parse(options.Pattern, "The trainer's pattern"));
        var vocabulary = new List<string>(options.SpecialTokens);
        vocabulary.AddRange(ByteAlphabet.Characters.Order().Select(character => character.ToString()));
        var merges = new PairMerger(words, vocabulary, options).Run();
        return new TrainedTokenizer(vocabulary, merges, options);
    }

    private static void Check(BpeTrainerOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MinimumFrequency, 1);
        var special = options.SpecialTokens;
        if (options.VocabularySize < 256 + special.Count)
            throw new ArgumentException($"A vocabulary of {options.VocabularySize} has no room for 256 bytes and {special.Count} special tokens.", nameof(options));
        if (special.Any(token => token.Length < 2) || special.Distinct(StringComparer.Ordinal).Count() < special.Count)
            throw new ArgumentException("Special tokens must differ, and have two characters or more.", nameof(options));
        foreach (var token in (ReadOnlySpan<string?>)[options.BosToken, options.EosToken, options.PadToken])
        {
            if (token is not null && !special.Contains(token)) throw new ArgumentException($"'{token}' is not among the special tokens.", nameof(options));
        }
        if (options.AddsBosToken && options.BosToken is null) throw new ArgumentException("Adding a BOS token needs a BOS token.", nameof(options));
    }

    private static Dictionary<string, long> CountWords(IEnumerable<string> texts, Pattern pattern)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        var bySpan = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        var matches = new List<(int Start, int End)>();
        foreach (var text in texts)
        {
            matches.Clear();
            pattern.FindAll(text, matches);
            var end = 0;
            foreach (var match in matches)
            {
                Count(text.AsSpan(end, match.Start - end));
                Count(text.AsSpan(match.Start, match.End - match.Start));
                end = match.End;
            }
            Count(text.AsSpan(end));
        }
        return counts;

        void Count(ReadOnlySpan<char> word)
        {
            if (word.Length > 0) CollectionsMarshal.GetValueRefOrAddDefault(bySpan, word, out _)++;
        }
    }
}
