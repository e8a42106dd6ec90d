using static TorchSharp.torch;

namespace RlhfHub.Training.Losses;

/// <summary>
/// Next-token cross entropy as Hugging Face's trainers take it: summed over the labels that count, divided by the number of such labels in the whole
/// optimizer step. Micro-batches that are added up thus weigh every token alike, however the step was cut.
/// </summary>
public static class CrossEntropyLoss
{
    /// <summary>The label of a position that does not count: padding, or a prompt that is not to be learned.</summary>
    public const long Ignored = -100;

    // A chunk of logits should stay in the processor's cache, as long as it has rows enough for a quick matrix product.
    private const long CachedLogits = 1 << 20;
    private const long EfficientRows = 256;

    /// <summary>How many labels count; sum it over a step's micro-batches.</summary>
    /// <param name="labels">(batch, time), int64, not shifted. The first of a row has nothing before it and never counts.</param>
    public static long CountTokens(Tensor labels)
    {
        using var scope = NewDisposeScope();
        return Shifted(labels).ne(Ignored).sum().item<long>();
    }

    /// <summary>From the logits of a whole batch.</summary>
    /// <param name="logits">(batch, time, vocab), not shifted.</param>
    /// <param name="labels">(batch, time), int64, not shifted.</param>
    /// <param name="tokenCount">Labels that count in the whole step (Hugging Face's num_items_in_batch).</param>
    public static CrossEntropyResult FromLogits(Tensor logits, Tensor labels, long tokenCount)
    {
        using var scope = NewDisposeScope();
        var time = labels.size(1) - 1;
        var (rows, targets) = Kept(labels);
        var kept = logits.narrow(1, 0, time).reshape(-1, logits.size(2)).index_select(0, rows);               // (kept, vocab)
        var tokens = TokenLogProbabilities.FromLogits(kept, targets);
        return Result(tokens.LogProbabilities.sum().neg(), tokens.Entropies.sum(), tokens.AreLikeliest.sum(), kept.size(0), tokenCount);
    }

    /// <summary>From the hidden states below the head, a chunk of positions at a time.</summary>
    /// <param name="hidden">(batch, time, hidden), not shifted.</param>
    /// <param name="head">The head's weight, (vocab, hidden).</param>
    /// <param name="labels">(batch, time), int64, not shifted.</param>
    /// <param name="tokenCount">Labels that count in the whole step (Hugging Face's num_items_in_batch).</param>
    /// <param name="maxLogits">The most logits that exist at once.</param>
    public static CrossEntropyResult FromHidden(
        Tensor hidden, Tensor head, Tensor labels, long tokenCount, long maxLogits = TokenLogProbabilities.DefaultMaxLogits)
    {
        using var scope = NewDisposeScope();
        var time = labels.size(1) - 1;
        var (rows, targets) = Kept(labels);
        var kept = hidden.narrow(1, 0, time).reshape(-1, hidden.size(2)).index_select(0, rows);               // (kept, hidden)
        var isDifferentiated = is_grad_enabled();   // a parameter requires gradients under no_grad too
        var chunk = Math.Min(maxLogits, Math.Max(CachedLogits, EfficientRows * head.size(0)));
        var options = new ChunkOptions(1, chunk, isDifferentiated && hidden.requires_grad, isDifferentiated && head.requires_grad);
        var report = new CrossEntropyReport();
        // A head that an adapter trains whole is float32 over hidden states of half precision.
        var sum = ChunkedCrossEntropy.apply(kept.to(head.dtype), head, targets, options, report);
        return Result(sum, report.Entropy!, report.Hits!, kept.size(0), tokenCount);
    }

    /// <summary>Which predictions count, and what they should have been.</summary>
    private static (Tensor Rows, Tensor Targets) Kept(Tensor labels)   // (batch, time) -> (kept), (kept)
    {
        var shifted = Shifted(labels).reshape(-1);
        var rows = shifted.ne(Ignored).nonzero().squeeze(1);
        return (rows, shifted.index_select(0, rows));
    }

    private static Tensor Shifted(Tensor labels) => labels.narrow(1, 1, labels.size(1) - 1);

    private static CrossEntropyResult Result(Tensor sum, Tensor entropy, Tensor hits, long count, long tokenCount)
    {
        var mean = 1.0 / Math.Max(1, count);
        // A step without a single label has nothing to learn: loss and gradient 0, not NaN.
        return new(
            sum.mul(1.0 / Math.Max(1, tokenCount)).MoveToOuterDisposeScope(),
            entropy.mul(mean).MoveToOuterDisposeScope(),
            hits.to(entropy.dtype).mul(mean).MoveToOuterDisposeScope(),
            count);
    }
}

/// <summary>A micro-batch's share of a step's loss, and what is known about its tokens.</summary>
/// <param name="Loss">(): add up over the step's micro-batches.</param>
/// <param name="Entropy">(): mean over this micro-batch's labels, in nats (<c>entropy</c>).</param>
/// <param name="Accuracy">(): share of labels that were the likeliest token (<c>mean_token_accuracy</c>).</param>
/// <param name="TokenCount">This micro-batch's labels: the weight of its means.</param>
public sealed record CrossEntropyResult(Tensor Loss, Tensor Entropy, Tensor Accuracy, long TokenCount);
