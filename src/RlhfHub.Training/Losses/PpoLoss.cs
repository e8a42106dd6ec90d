using static TorchSharp.torch;

namespace RlhfHub.Training.Losses;

/// <summary>
/// Proximal policy optimisation. Schulman et al. 2017, https://arxiv.org/abs/1707.06347, with the details of
/// https://huggingface.co/blog/the_n_implementation_details_of_rlhf_with_ppo.
/// </summary>
/// <remarks>
/// Losses and clip fractions are TRL's. The approximate KL and the ratio are means over real tokens; TRL's count pads too (KL 0, ratio 1 there), so that theirs
/// shrink towards nothing happening as responses get shorter.
/// </remarks>
public static class PpoLoss
{
    /// <summary>The clipped policy loss: mean over tokens of max(−A·ρ, −A·clip(ρ, 1 − ε, 1 + ε)), ρ = exp(new − old).</summary>
    /// <param name="logProbabilities">(batch, T): of the model in training.</param>
    /// <param name="oldLogProbabilities">(batch, T): of the model that drew the tokens.</param>
    /// <param name="advantages">(batch, T).</param>
    /// <param name="isToken">(batch, T), bool.</param>
    /// <param name="clipRange">ε; TRL's default is 0.2.</param>
    public static PolicyLoss Policy(Tensor logProbabilities, Tensor oldLogProbabilities, Tensor advantages, Tensor isToken, double clipRange = 0.2)
    {
        using var scope = NewDisposeScope();
        // Zeroed before the exponential: an overflow at a pad would make the gradient NaN.
        var change = MaskedStatistics.ZeroOutside(logProbabilities.sub(oldLogProbabilities), isToken);
        var ratio = change.exp();
        var plain = advantages.neg().mul(ratio);
        var clipped = advantages.neg().mul(ratio.clamp(1 - clipRange, 1 + clipRange));
        var loss = MaskedStatistics.Mean(plain.maximum(clipped), isToken);
        using var noGrad = no_grad();
        return new(
            loss.MoveToOuterDisposeScope(),
            MaskedStatistics.Mean(clipped.gt(plain).to(loss.dtype), isToken).MoveToOuterDisposeScope(),
            MaskedStatistics.Mean(change.square().mul(0.5), isToken).MoveToOuterDisposeScope(),
            MaskedStatistics.Mean(ratio, isToken).MoveToOuterDisposeScope());
    }

    /// <summary>The clipped value loss: ½ mean of max((V − R)², (clip(V, V_old − ε, V_old + ε) − R)²). Multiply by <c>vf_coef</c> (0.1 in TRL) and add it to
    /// the policy's.</summary>
    /// <param name="values">(batch, T): of the model in training.</param>
    /// <param name="oldValues">(batch, T): when the tokens were drawn.</param>
    /// <param name="returns">(batch, T).</param>
    /// <param name="isValued">(batch, T), bool: tokens and the place of the score.</param>
    /// <param name="clipRange">ε; TRL's default is 0.2.</param>
    public static ValueLoss Value(Tensor values, Tensor oldValues, Tensor returns, Tensor isValued, double clipRange = 0.2)
    {
        using var scope = NewDisposeScope();
        var plain = values.sub(returns).square();
        var clipped = values.clamp(oldValues.sub(clipRange), oldValues.add(clipRange)).sub(returns).square();
        var loss = MaskedStatistics.Mean(plain.maximum(clipped), isValued).mul(0.5);
        using var noGrad = no_grad();
        return new(loss.MoveToOuterDisposeScope(), MaskedStatistics.Mean(clipped.gt(plain).to(loss.dtype), isValued).MoveToOuterDisposeScope());
    }
}

/// <summary>The policy's loss and what it was made of, () each; only the loss is differentiable.</summary>
/// <param name="Loss">Mean over tokens.</param>
/// <param name="ClipFraction">Share of tokens at which the clip decided.</param>
/// <param name="ApproximateKl">Mean over tokens of ½(new − old)².</param>
/// <param name="Ratio">Mean over tokens of the probability ratio.</param>
public sealed record PolicyLoss(Tensor Loss, Tensor ClipFraction, Tensor ApproximateKl, Tensor Ratio);

/// <summary>The value function's loss, () each; only the loss is differentiable.</summary>
/// <param name="Loss">Half the mean squared error, clipped.</param>
/// <param name="ClipFraction">Share of places at which the clip decided.</param>
public sealed record ValueLoss(Tensor Loss, Tensor ClipFraction);
