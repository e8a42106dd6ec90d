using static TorchSharp.torch;

namespace RlhfHub.Training.Losses;

/// <summary>
/// Where the sampled responses of a batch end. A response of T places holds its real tokens, then padding. The value model has one place more to judge than the
/// policy has tokens: the first pad after a response that ended early, where its score is paid out.
/// </summary>
/// <param name="IsToken">(batch, T), bool: a real token. Its log-probability, KL and advantage count.</param>
/// <param name="IsValued">(batch, T), bool: a real token or the first pad after the last. Its value and reward count.</param>
/// <param name="ScoreIndices">(batch), int64: where the score is added, the first pad after the last token, or the last place of a response that fills
/// all.</param>
public sealed record ResponseMasks(Tensor IsToken, Tensor IsValued, Tensor ScoreIndices) : IDisposable
{
    /// <summary>From the responses' lengths.</summary>
    /// <param name="lengths">(batch), int64: real tokens, 0 to T.</param>
    /// <param name="time">T.</param>
    public static ResponseMasks Of(Tensor lengths, long time)
    {
        using var scope = NewDisposeScope();
        var index = arange(time, dtype: ScalarType.Int64, device: lengths.device).unsqueeze(0);   // (1, T)
        var count = lengths.unsqueeze(1);                                                         // (batch, 1)
        return new(index.lt(count).MoveToOuterDisposeScope(), index.le(count).MoveToOuterDisposeScope(), lengths.clamp_max(time - 1).MoveToOuterDisposeScope());
    }

    /// <summary>Lengths up to the first padding id, as TRL finds them. Where padding and end-of-text share an id the closing token is lost: count it where
    /// the text is made instead.</summary>
    /// <param name="responses">(batch, T), int64.</param>
    /// <param name="padId">The padding id.</param>
    /// <returns>(batch), int64.</returns>
    public static Tensor LengthsBefore(Tensor responses, long padId)
    {
        using var scope = NewDisposeScope();
        // A running count of pads is 0 before the first one only.
        return responses.eq(padId).cumsum(1).eq(0).sum(1).MoveToOuterDisposeScope();
    }

    /// <summary>Replaces everything after the first stop token, which stays, by padding.</summary>
    /// <param name="responses">(batch, T), int64.</param>
    /// <param name="stopId">The stop token.</param>
    /// <param name="padId">The padding id.</param>
    /// <returns>(batch, T), int64, and the lengths with the stop token, (batch), int64.</returns>
    public static (Tensor Responses, Tensor Lengths) TruncateAfter(Tensor responses, long stopId, long padId)
    {
        using var scope = NewDisposeScope();
        var isStop = responses.eq(stopId).to(ScalarType.Int64);
        var isKept = isStop.cumsum(1).sub(isStop).eq(0);                                          // no stop before this place
        return (responses.masked_fill(isKept.logical_not(), padId).MoveToOuterDisposeScope(), isKept.sum(1).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        IsToken.Dispose();
        IsValued.Dispose();
        ScoreIndices.Dispose();
    }
}
