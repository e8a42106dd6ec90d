using static TorchSharp.torch;

namespace RlhfHub.Training.Losses;

/// <summary>The rewards that reinforcement learning from human feedback pays: a score at the end, a KL penalty at every token. Stiennon et al. 2020,
/// https://arxiv.org/abs/2009.01325.</summary>
public static class PpoRewards
{
    /// <summary>Takes a penalty off the scores of responses that never ended.</summary>
    /// <param name="scores">(batch).</param>
    /// <param name="hasEnded">(batch), bool: whether the response holds the end token.</param>
    /// <param name="penalty">A positive number. TRL's <c>missing_eos_penalty</c>.</param>
    /// <returns>(batch).</returns>
    public static Tensor PenalizeMissingEnd(Tensor scores, Tensor hasEnded, double penalty)
    {
        using var scope = NewDisposeScope();
        return scores.sub(hasEnded.logical_not().to(scores.dtype).mul(penalty)).MoveToOuterDisposeScope();
    }

    /// <summary>Replaces the scores of responses that never ended, as lm-human-preferences does (by −1).</summary>
    /// <param name="scores">(batch).</param>
    /// <param name="hasEnded">(batch), bool.</param>
    /// <param name="replacement">The score they get.</param>
    /// <returns>(batch).</returns>
    public static Tensor ReplaceMissingEnd(Tensor scores, Tensor hasEnded, double replacement = -1)
    {
        using var scope = NewDisposeScope();
        return scores.masked_fill(hasEnded.logical_not(), replacement).MoveToOuterDisposeScope();
    }

    /// <summary>−coefficient · KL at every token, plus the score where the response ends.</summary>
    /// <param name="kl">(batch, T), 0 at pads.</param>
    /// <param name="scores">(batch).</param>
    /// <param name="masks">Where the responses end.</param>
    /// <param name="klCoefficient">Price of a nat.</param>
    /// <returns>(batch, T).</returns>
    public static Tensor PerToken(Tensor kl, Tensor scores, ResponseMasks masks, double klCoefficient)
    {
        using var scope = NewDisposeScope();
        return kl.mul(-klCoefficient).scatter_add(1, masks.ScoreIndices.unsqueeze(1), scores.to(kl.dtype).unsqueeze(1)).MoveToOuterDisposeScope();
    }

    /// <summary>Scales the rewards to variance 1 and keeps their mean. Off by default in TRL, on in lm-human-preferences.</summary>
    /// <param name="rewards">(batch, T).</param>
    /// <param name="masks">Where the responses end; the place of the score counts.</param>
    /// <returns>(batch, T).</returns>
    public static Tensor Whiten(Tensor rewards, ResponseMasks masks) => MaskedStatistics.Whiten(rewards, masks.IsValued, shiftMean: false);
}
