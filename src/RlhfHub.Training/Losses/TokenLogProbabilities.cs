using static TorchSharp.torch;

namespace RlhfHub.Training.Losses;

/// <summary>
/// What a model says of given tokens. The forms that start from hidden states make logits of a few positions at a time, forward and backward: those of a
/// whole batch, (batch · time, vocab), are the largest tensor of a training step and never exist.
/// </summary>
public static class TokenLogProbabilities
{
    /// <summary>How many logits exist at once unless stated otherwise: 16 M (64 MB in float32).</summary>
    public const long DefaultMaxLogits = 16L << 20;

    /// <summary>From logits that exist already.</summary>
    /// <param name="logits">(…, vocab); those at a position predict the target of the same position: shift before.</param>
    /// <param name="targets">(…), int64.</param>
    /// <param name="temperature">Divides the logits. TRL adds 1e-7 to the sampling temperature; pass what was sampled with.</param>
    public static TokenStatistics FromLogits(Tensor logits, Tensor targets, double temperature = 1)
    {
        using var scope = NewDisposeScope();
        if (temperature != 1) logits = logits.div(temperature);
        var total = logits.logsumexp(-1);                                                         // (…)
        var picked = logits.gather(-1, targets.unsqueeze(-1)).squeeze(-1).sub(total);             // (…)
        using var noGrad = no_grad();
        var entropies = LogitStatistics.Entropies(logits, total, logits.softmax(-1));
        return new(picked.MoveToOuterDisposeScope(), entropies.MoveToOuterDisposeScope(), logits.argmax(-1).eq(targets).MoveToOuterDisposeScope());
    }

    /// <summary>From the hidden states below the head; gradients reach the hidden states and, unless it is frozen, the head.</summary>
    /// <param name="hidden">(positions, hidden); a position predicts the target of the same position: shift before.</param>
    /// <param name="head">The head's weight, (vocab, hidden); for a tied head the token embedding.</param>
    /// <param name="targets">(positions), int64.</param>
    /// <param name="temperature">See <see cref="FromLogits"/>.</param>
    /// <param name="maxLogits">The most logits that exist at once, as up to three tensors of that size. A batch that stays below keeps its probabilities for
    /// the backward pass; a larger one computes its logits again.</param>
    public static TokenStatistics FromHidden(Tensor hidden, Tensor head, Tensor targets, double temperature = 1, long maxLogits = DefaultMaxLogits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLogits, 1);
        using var scope = NewDisposeScope();
        var report = new ChunkReport();
        var isDifferentiated = is_grad_enabled();   // a parameter requires gradients under no_grad too
        var options = new ChunkOptions(temperature, maxLogits, isDifferentiated && hidden.requires_grad, isDifferentiated && head.requires_grad);
        // A head that an adapter trains whole is float32 over hidden states of half precision.
        var picked = ChunkedHead.apply(hidden.to(head.dtype), head, targets, options, report);
        return new(picked.MoveToOuterDisposeScope(), report.Entropies!.MoveToOuterDisposeScope(), report.AreLikeliest!.MoveToOuterDisposeScope());
    }

    /// <summary>From hidden states, only where a mask says so: prompts and padding cost nothing.</summary>
    /// <param name="hidden">(batch, time, hidden).</param>
    /// <param name="head">(vocab, hidden).</param>
    /// <param name="targets">(batch, time), int64; what stands outside the mask is ignored.</param>
    /// <param name="mask">(batch, time), bool.</param>
    /// <param name="temperature">See <see cref="FromLogits"/>.</param>
    /// <param name="maxLogits">See <see cref="FromHidden"/>.</param>
    /// <returns>(batch, time) each; 0 and false outside the mask.</returns>
    public static TokenStatistics FromHiddenWhere(
        Tensor hidden, Tensor head, Tensor targets, Tensor mask, double temperature = 1, long maxLogits = DefaultMaxLogits)
    {
        using var scope = NewDisposeScope();
        var rows = mask.reshape(-1).nonzero().squeeze(1);                                                             // (kept)
        var kept = hidden.reshape(-1, hidden.size(-1)).index_select(0, rows);                                         // (kept, hidden)
        var statistics = FromHidden(kept, head, targets.reshape(-1).index_select(0, rows), temperature, maxLogits);   // (kept) each
        var areLikeliest = Spread(statistics.AreLikeliest.to(ScalarType.Int32)).to(ScalarType.Bool);
        return new(
            Spread(statistics.LogProbabilities).MoveToOuterDisposeScope(), Spread(statistics.Entropies).MoveToOuterDisposeScope(),
            areLikeliest.MoveToOuterDisposeScope());

        Tensor Spread(Tensor values) => zeros(mask.numel(), dtype: values.dtype, device: values.device).index_add(0, rows, values, 1).view(mask.shape);
    }
}

/// <summary>What a model says of each target token.</summary>
/// <param name="LogProbabilities">(…): natural-log probability of the target; differentiable.</param>
/// <param name="Entropies">(…): entropy of the distribution it was drawn from, in nats; not differentiable.</param>
/// <param name="AreLikeliest">(…), bool: whether no token was likelier.</param>
public sealed record TokenStatistics(Tensor LogProbabilities, Tensor Entropies, Tensor AreLikeliest);

/// <summary>Sums over the vocabulary that more than one place needs.</summary>
internal static class LogitStatistics
{
    /// <summary>H = log Z − Σ p · logit.</summary>
    public static Tensor Entropies(Tensor logits, Tensor logTotals, Tensor probabilities) => logTotals.sub(probabilities.mul(logits).sum(-1));
}
