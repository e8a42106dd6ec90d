namespace RlhfHub.Training.Trainers;

/// <summary>Ends a run of reinforcement learning that has gone wrong, before the weights that can still be used are gone.</summary>
/// <param name="options">The limits.</param>
internal sealed class PpoGuards(PpoOptions options)
{
    /// <summary>One batch may be odd by chance; so many in a row are not.</summary>
    private const int Patience = 5;

    /// <summary>Nats an episode: the estimate from samples may be a little below 0, never far.</summary>
    private const double LowestKl = -1;

    /// <summary>OpenAI's limit: such a mini-batch moves the policy beyond where its samples mean anything.</summary>
    private const double HighestRatio = 10;

    /// <summary>Batches in a row with a negative KL; for checkpoints.</summary>
    public int NegativeKls { get; set; }

    /// <summary>Batches in a row with hardly any entropy; for checkpoints.</summary>
    public int LowEntropies { get; set; }

    /// <summary>Looks at what was sampled, before anything is learned from it.</summary>
    public void CheckRollout(long step, double kl, double score)
    {
        if (!double.IsFinite(kl) || !double.IsFinite(score))
            throw new TrainingDivergedException($"Step {step}: the KL is {kl} and the mean score {score}; one of the models gives no numbers. Go on from an earlier checkpoint with a lower 'learning_rate'.");
        if (kl > options.MaxKl)
            throw new TrainingDivergedException($"Step {step}: the KL is {kl:0.#} nats an episode, beyond 'max_kl' {options.MaxKl:0.#}; the policy has run away from its reference. Raise 'kl_coef' or lower 'learning_rate'.");
        NegativeKls = kl < LowestKl ? NegativeKls + 1 : 0;
        if (NegativeKls >= Patience)
            throw new TrainingDivergedException($"Step {step}: the KL is {kl:0.##} nats, below 0 for {Patience} batches; replies are not drawn from the policy that is being trained. Check 'temperature' and the model's numbers.");
    }

    /// <summary>Looks at a mini-batch before the weights move.</summary>
    public static void CheckMiniBatch(long step, double loss, double ratio)
    {
        if (!double.IsFinite(loss) || !double.IsFinite(ratio))
            throw new TrainingDivergedException($"Step {step}: the loss is {loss} and the probability ratio {ratio}; training has diverged. Go on from an earlier checkpoint with a lower 'learning_rate'.");
        if (ratio > HighestRatio)
            throw new TrainingDivergedException($"Step {step}: the mean probability ratio is {ratio:0.#}, beyond {HighestRatio}; single updates are too large. Lower 'learning_rate' or 'num_ppo_epochs'.");
    }

    /// <summary>Looks at the gradient that the optimizer met; one that is no number moved nothing.</summary>
    public static void CheckGradient(long step, double norm)
    {
        if (!double.IsFinite(norm))
            throw new TrainingDivergedException($"Step {step}: the gradient's norm is {norm}; training has diverged. Go on from an earlier checkpoint with a lower 'learning_rate'.");
    }

    /// <summary>Looks at the policy's mean entropy of a batch.</summary>
    public void CheckEntropy(long step, double entropy)
    {
        LowEntropies = entropy < options.MinEntropy ? LowEntropies + 1 : 0;
        if (LowEntropies >= Patience)
            throw new TrainingDivergedException($"Step {step}: the policy's entropy is {entropy:0.######} nats a token, below 'min_entropy' {options.MinEntropy} for {Patience} batches; it writes nearly the same always. Raise 'kl_coef' or lower 'learning_rate'.");
    }
}
