using static TorchSharp.torch;

namespace RlhfHub.Training.Losses;

/// <summary>Log-probabilities of whole completions.</summary>
public static class SequenceLogProbabilities
{
    /// <summary>log π(completion | prompt).</summary>
    /// <param name="tokens">(batch, time): log-probabilities of tokens.</param>
    /// <param name="mask">(batch, time), bool: the completion's tokens.</param>
    /// <returns>(batch); 0 for an empty completion, whose probability is 1.</returns>
    public static Tensor Sum(Tensor tokens, Tensor mask)
    {
        using var scope = NewDisposeScope();
        return MaskedStatistics.ZeroOutside(tokens, mask).sum(-1).MoveToOuterDisposeScope();
    }

    /// <summary>The mean over a completion's tokens; 0 for an empty one.</summary>
    /// <inheritdoc cref="Sum"/>
    public static Tensor Average(Tensor tokens, Tensor mask)
    {
        using var scope = NewDisposeScope();
        return Sum(tokens, mask).div(Lengths(mask).clamp_min(1)).MoveToOuterDisposeScope();
    }

    /// <summary>Tokens of each completion.</summary>
    /// <param name="mask">(batch, time), bool.</param>
    /// <returns>(batch), int64.</returns>
    public static Tensor Lengths(Tensor mask) => mask.sum(-1);
}
