using static TorchSharp.torch;

namespace RlhfHub.Training.Losses;

/// <summary>Generalised advantage estimation. Schulman et al. 2015, https://arxiv.org/abs/1506.02438.</summary>
public static class GeneralizedAdvantage
{
    /// <summary>δ_t = r_t + γ·V_{t+1} − V_t with V_T = 0; A_t = δ_t + γλ·A_{t+1}; returns = A + V.</summary>
    /// <param name="rewards">(batch, T); 0 beyond the place of the score.</param>
    /// <param name="values">(batch, T); 0 beyond the place of the score.</param>
    /// <param name="gamma">γ; TRL's default is 1.</param>
    /// <param name="lambda">λ; TRL's default is 0.95.</param>
    /// <returns>Advantages, not whitened, and returns, (batch, T) each.</returns>
    public static (Tensor Advantages, Tensor Returns) Estimate(Tensor rewards, Tensor values, double gamma = 1, double lambda = 0.95)
    {
        using var scope = NewDisposeScope();
        var time = values.size(1);
        var next = cat([values.narrow(1, 1, time - 1), zeros_like(values.narrow(1, 0, 1))], 1);
        var deltas = rewards.add(next.mul(gamma)).sub(values);                                    // (batch, T)
        var columns = new Tensor[time];
        for (var t = (int)time - 1; t >= 0; t--)
        {
            var delta = deltas.select(1, t);
            columns[t] = t == time - 1 ? delta : delta.add(columns[t + 1], gamma * lambda);
        }
        var advantages = stack(columns, 1);
        return (advantages.MoveToOuterDisposeScope(), advantages.add(values).MoveToOuterDisposeScope());
    }

    /// <summary>Advantages with mean 0 and variance 1 over the tokens of the whole batch; 0 at pads. Before a batch is cut into mini-batches, not
    /// after.</summary>
    /// <param name="advantages">(batch, T).</param>
    /// <param name="masks">Where the responses end; only real tokens count.</param>
    /// <returns>(batch, T).</returns>
    public static Tensor Whiten(Tensor advantages, ResponseMasks masks) => MaskedStatistics.Whiten(advantages, masks.IsToken);
}
