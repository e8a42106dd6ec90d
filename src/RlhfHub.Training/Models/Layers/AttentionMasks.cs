using static TorchSharp.torch;

namespace RlhfHub.Training.Models.Layers;

/// <summary>Masks over (query, key) pairs.</summary>
internal static class AttentionMasks
{
    /// <summary>True where a query may see a key: not in its future, and within the window (which counts the query itself).</summary>
    /// <returns>(time, time), bool.</returns>
    public static Tensor Causal(int time, int? window, Device device)
    {
        using var scope = NewDisposeScope();
        var allowed = ones(time, time, dtype: ScalarType.Bool, device: device).tril();
        if (window is int width) allowed = allowed.logical_and(ones(time, time, dtype: ScalarType.Bool, device: device).triu(1 - width));
        return allowed.MoveToOuterDisposeScope();
    }

    /// <summary>0 where a query may see a key, -inf elsewhere. A query of padding, which sees nothing, sees itself: a row without any key would be NaN.</summary>
    /// <param name="allowed">(time, time), bool.</param>
    /// <param name="isKey">(batch, 1, 1 or time, time), bool: which keys are there, for all queries or for each; null for all.</param>
    /// <param name="dtype">The type of the scores.</param>
    /// <returns>(batch or 1, 1, time, time).</returns>
    public static Tensor Additive(Tensor allowed, Tensor? isKey, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var time = allowed.size(0);
        var visible = allowed.view(1, 1, time, time);
        if (isKey is not null) visible = visible.logical_and(isKey).logical_or(eye(time, dtype: ScalarType.Bool, device: allowed.device));
        return zeros(visible.shape, dtype: dtype, device: allowed.device).masked_fill_(visible.logical_not(), float.NegativeInfinity).MoveToOuterDisposeScope();
    }
}
