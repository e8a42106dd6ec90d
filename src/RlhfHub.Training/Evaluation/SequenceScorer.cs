using RlhfHub.Training.Models;
using static TorchSharp.torch;

namespace RlhfHub.Training.Evaluation;

/// <summary>What a model makes of given texts: log-probabilities of a language model, scores of a classifier or reward model.</summary>
public static class SequenceScorer
{
    /// <summary>Logits of at most this many numbers exist at once, 64 M (256 MB): a wide vocabulary times a long batch would not fit.</summary>
    private const long MaxLogits = 64L << 20;

    /// <summary>Tokens of a batch, padding included: the states of a feed-forward layer are several times as wide as the model.</summary>
    private const long MaxBatchTokens = 16384;

    /// <summary>Natural-log probability of every token given those before it, in float32.</summary>
    /// <param name="model">A language model.</param>
    /// <param name="sequences">Token ids; each at least two and within the context.</param>
    /// <param name="batchSize">Sequences at once; those of like length go together.</param>
    /// <returns>One array a sequence, one shorter than it: the first token has nothing before it.</returns>
    /// <exception cref="InvalidInputException">A sequence is too short, too long, or has unknown tokens.</exception>
    /// <exception cref="ModelFileException">The model gives no numbers (NaN).</exception>
    public static IReadOnlyList<float[]> LogProbabilities(CausalModel model, IReadOnlyList<IReadOnlyList<int>> sequences, int batchSize = 16) =>
        InBatches(model, sequences, 2, batchSize, (ids, lengths) =>
        {
            var time = ids.size(1) - 1;
            var hidden = model.Decoder.forward(ids).narrow(1, 0, time);                                                     // (batch, time, hidden)
            var targets = ids.narrow(1, 1, time);                                                                           // (batch, time)
            using var result = TokenLogProbabilities(model, hidden.reshape(-1, hidden.size(2)), targets.reshape(-1)).cpu();  // (batch · time)
            var flat = result.data<float>().ToArray();
            return [.. lengths.Select((length, row) => flat.AsSpan(row * (int)time, length - 1).ToArray())];
        });

    /// <summary>The scores of each text: one number for a reward model, one logit a label otherwise.</summary>
    /// <param name="model">A model with a scalar or label head.</param>
    /// <param name="sequences">Token ids; each at least one and within the context.</param>
    /// <param name="batchSize">Sequences at once; those of like length go together.</param>
    /// <exception cref="InvalidInputException">A sequence is empty, too long, or has unknown tokens.</exception>
    /// <exception cref="ModelFileException">The model gives no numbers (NaN).</exception>
    public static IReadOnlyList<float[]> Scores(SequenceClassifier model, IReadOnlyList<IReadOnlyList<int>> sequences, int batchSize = 16) =>
        InBatches(model, sequences, 1, batchSize, (ids, lengths) =>
        {
            var ends = tensor(Array.ConvertAll(lengths, length => (long)length), device: ids.device);
            using var scores = model.forward(ids, ends).cpu();                                                              // (batch, labels)
            var labels = (int)scores.size(1);
            var flat = scores.data<float>().ToArray();
            return [.. lengths.Select((_, row) => flat.AsSpan(row * labels, labels).ToArray())];
        });

    /// <summary>The mean of each text's last hidden states, one vector a text: what a text is about, for search and comparison.</summary>
    /// <param name="model">Any model; its head is not used.</param>
    /// <param name="sequences">Token ids; each at least one and within the context.</param>
    /// <param name="batchSize">Sequences at once; those of like length go together.</param>
    /// <exception cref="InvalidInputException">A sequence is empty, too long, or has unknown tokens.</exception>
    /// <exception cref="ModelFileException">The model gives no numbers (NaN).</exception>
    public static IReadOnlyList<float[]> MeanStates(LanguageModel model, IReadOnlyList<IReadOnlyList<int>> sequences, int batchSize = 16) =>
        InBatches(model, sequences, 1, batchSize, (ids, lengths) =>
        {
            var counts = tensor(Array.ConvertAll(lengths, length => (float)length), device: ids.device).unsqueeze(1);            // (batch, 1)
            var isToken = arange(ids.size(1), device: ids.device).unsqueeze(0).lt(counts).unsqueeze(2);                         // (batch, time, 1)
            var hidden = model.Decoder.forward(ids).to(ScalarType.Float32);                                                    // (batch, time, hidden)
            using var means = hidden.masked_fill(isToken.logical_not(), 0).sum(1).div(counts).cpu();                           // (batch, hidden)
            var width = (int)means.size(1);
            var flat = means.data<float>().ToArray();
            return [.. lengths.Select((_, row) => flat.AsSpan(row * width, width).ToArray())];
        });

    /// <summary>log softmax(logits)[target], with the logits of a few positions at a time.</summary>
    /// <param name="model">Makes logits of hidden states.</param>
    /// <param name="hidden">(positions, hidden).</param>
    /// <param name="targets">(positions), int64.</param>
    /// <returns>(positions), float32.</returns>
    private static Tensor TokenLogProbabilities(CausalModel model, Tensor hidden, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var total = hidden.size(0);
        var chunk = Math.Max(1, MaxLogits / model.Config.Decoder.VocabularySize);
        var parts = new List<Tensor>();
        for (long start = 0; start < total; start += chunk)
        {
            using var inner = NewDisposeScope();
            var count = Math.Min(chunk, total - start);
            var logits = model.Logits(hidden.narrow(0, start, count));
            var picked = logits.gather(-1, targets.narrow(0, start, count).unsqueeze(-1)).squeeze(-1);
            parts.Add(picked.sub(logits.logsumexp(-1)).MoveToOuterDisposeScope());
        }
        return cat(parts).MoveToOuterDisposeScope();
    }

    private static IReadOnlyList<float[]> InBatches(
        LanguageModel model, IReadOnlyList<IReadOnlyList<int>> sequences, int fewest, int batchSize, Func<Tensor, int[], IReadOnlyList<float[]>> run)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        for (var i = 0; i < sequences.Count; i++) Check(model.Config, sequences[i], i, fewest);
        var results = new float[sequences.Count][];
        using var noGrad = no_grad();
        foreach (var batch in Batches(sequences, batchSize))
        {
            using var scope = NewDisposeScope();
            var lengths = Array.ConvertAll(batch, i => sequences[i].Count);
            var ids = new long[batch.Length, lengths.Max()];
            for (var row = 0; row < batch.Length; row++)
                for (var t = 0; t < lengths[row]; t++) ids[row, t] = sequences[batch[row]][t];
            foreach (var (i, values) in batch.Zip(run(tensor(ids, device: model.Decoder.Device), lengths)))
                results[i] = values.Any(float.IsNaN) ? throw model.NotNumbers() : values;
        }
        return results;
    }

    /// <summary>Sequences of like length, at most so many and, unless one alone is longer, at most so many tokens with padding.</summary>
    private static IEnumerable<int[]> Batches(IReadOnlyList<IReadOnlyList<int>> sequences, int batchSize)
    {
        var batch = new List<int>();
        foreach (var i in Enumerable.Range(0, sequences.Count).OrderBy(i => sequences[i].Count))
        {
            // Ascending: the newcomer is the longest, and all others are padded to it.
            if (batch.Count == batchSize || (batch.Count > 0 && (batch.Count + 1L) * sequences[i].Count > MaxBatchTokens))
            {
                yield return [.. batch];
                batch.Clear();
            }
            batch.Add(i);
        }
        if (batch.Count > 0) yield return [.. batch];
    }

    private static void Check(ModelConfig config, IReadOnlyList<int> sequence, int index, int fewest)
    {
        if (sequence.Count < fewest) throw new InvalidInputException($"Text {index + 1} has {sequence.Count} tokens; expected at least {fewest}.");
        if (sequence.Count > config.ContextLength)
            throw new InvalidInputException($"Text {index + 1} has {sequence.Count} tokens; the model's context is {config.ContextLength}.");
        foreach (var id in sequence)
            if (id < 0 || id >= config.Decoder.VocabularySize)
                throw new InvalidInputException($"Text {index + 1} has the token {id}; the model's vocabulary has 0 to {config.Decoder.VocabularySize - 1}.");
    }
}
