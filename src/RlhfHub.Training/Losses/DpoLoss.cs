using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace RlhfHub.Training.Losses;

/// <summary>Which function of the margin direct preference optimisation minimises.</summary>
public enum DpoLossKind
{
    /// <summary>−log σ(h); with label smoothing the conservative form. Rafailov et al. 2023, https://arxiv.org/abs/2305.18290.</summary>
    Sigmoid,

    /// <summary>Unbiased when a share of the labels is flipped. Chowdhury et al. 2024, https://arxiv.org/abs/2403.00409.</summary>
    Robust,

    /// <summary>max(0, 1 − h). Zhao et al. 2023, https://arxiv.org/abs/2305.10425.</summary>
    Hinge,

    /// <summary>(Δ − 1/(2β))² with log-ratios averaged over their tokens, as TRL does. Azar et al. 2023, https://arxiv.org/abs/2310.12036.</summary>
    Ipo,
}

/// <summary>Log-probabilities of the completions of a batch of pairs, each (pairs), summed over the completion's tokens.</summary>
public sealed record PairLogProbabilities
{
    /// <summary>Of the chosen, by the model in training.</summary>
    public required Tensor Chosen { get; init; }

    /// <summary>Of the rejected, by the model in training.</summary>
    public required Tensor Rejected { get; init; }

    /// <summary>Of the chosen, by the reference.</summary>
    public required Tensor ReferenceChosen { get; init; }

    /// <summary>Of the rejected, by the reference.</summary>
    public required Tensor ReferenceRejected { get; init; }

    /// <summary>Tokens of the chosen, for <see cref="DpoLossKind.Ipo"/>.</summary>
    public Tensor? ChosenLengths { get; init; }

    /// <summary>Tokens of the rejected, for <see cref="DpoLossKind.Ipo"/>.</summary>
    public Tensor? RejectedLengths { get; init; }
}

/// <summary>Direct preference optimisation: h = β·[(log π − log ref)(chosen) − (log π − log ref)(rejected)].</summary>
public static class DpoLoss
{
    /// <summary>The loss of each pair.</summary>
    /// <param name="kind">Which function.</param>
    /// <param name="pairs">Log-probabilities.</param>
    /// <param name="beta">β, how closely the model is held to its reference; TRL's default is 0.1.</param>
    /// <param name="labelSmoothing">ε, the share of labels taken to be flipped, 0 to below 0.5; sigmoid and robust only.</param>
    /// <returns>(pairs).</returns>
    public static Tensor PerPair(DpoLossKind kind, PairLogProbabilities pairs, double beta = 0.1, double labelSmoothing = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(labelSmoothing);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(labelSmoothing, 0.5);
        using var scope = NewDisposeScope();
        var chosen = pairs.Chosen.sub(pairs.ReferenceChosen);
        var rejected = pairs.Rejected.sub(pairs.ReferenceRejected);
        if (kind == DpoLossKind.Ipo)
        {
            chosen = chosen.div(Lengths(pairs.ChosenLengths));
            rejected = rejected.div(Lengths(pairs.RejectedLengths));
        }
        var delta = chosen.sub(rejected);
        var margin = delta.mul(beta);
        return (kind switch
        {
            DpoLossKind.Sigmoid when labelSmoothing == 0 => logsigmoid(margin).neg(),
            DpoLossKind.Sigmoid => Mixed(1 - labelSmoothing, labelSmoothing),
            DpoLossKind.Robust => Mixed((1 - labelSmoothing) / (1 - 2 * labelSmoothing), -labelSmoothing / (1 - 2 * labelSmoothing)),
            DpoLossKind.Hinge => relu(margin.neg().add(1)),
            _ => delta.sub(1 / (2 * beta)).square(),
        }).MoveToOuterDisposeScope();

        Tensor Mixed(double clean, double flipped) => logsigmoid(margin).mul(-clean).add(logsigmoid(margin.neg()).mul(-flipped));
    }

    /// <summary>TRL's metrics: <c>rewards/chosen</c>, <c>rewards/rejected</c> (β times the log-ratio), <c>rewards/accuracies</c>, <c>rewards/margins</c>,
    /// <c>logps/chosen</c>, <c>logps/rejected</c>.</summary>
    /// <param name="pairs">Log-probabilities, at least one pair.</param>
    /// <param name="beta">β.</param>
    public static IReadOnlyDictionary<string, double> Metrics(PairLogProbabilities pairs, double beta = 0.1)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var chosen = pairs.Chosen.sub(pairs.ReferenceChosen).mul(beta);
        var rejected = pairs.Rejected.sub(pairs.ReferenceRejected).mul(beta);
        return new Dictionary<string, double>
        {
            ["rewards/chosen"] = Mean(chosen),
            ["rewards/rejected"] = Mean(rejected),
            ["rewards/accuracies"] = Mean(chosen.gt(rejected)),
            ["rewards/margins"] = Mean(chosen.sub(rejected)),
            ["logps/chosen"] = Mean(pairs.Chosen),
            ["logps/rejected"] = Mean(pairs.Rejected),
        };

        static double Mean(Tensor values) => values.to(ScalarType.Float64).mean().item<double>();
    }

    // An empty completion has log-ratio 0 and stays 0.
    private static Tensor Lengths(Tensor? lengths) =>
        (lengths ?? throw new ArgumentException("IPO averages over tokens; set ChosenLengths and RejectedLengths.", nameof(lengths))).clamp_min(1);
}
