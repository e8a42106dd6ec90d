namespace RlhfHub.Training.Trainers;

/// <summary>Sees reinforcement learning go wrong, says what it saw, and knows since when: weights from before that can still be used.</summary>
/// <param name="options">The limits.</param>
internal sealed class PpoGuards(PpoOptions options)
{
    /// <summary>One batch may be odd by chance; so many in a row are not.</summary>
    public const int Patience = 5;

    /// <summary>Nats an episode: the estimate from samples may be a little below 0, never far.</summary>
    private const double LowestKl = -1;

    /// <summary>OpenAI's limit: such a mini-batch moves the policy beyond where its samples mean anything.</summary>
    private const double HighestRatio = 10;

    /// <summary>Of the limit: from here on a KL is on its way to it.</summary>
    private const double HighKlShare = 0.5;

    private const string HistoryPrefix = "held_out/";

    private readonly Queue<(double Score, double HeldOut)> history = new();
    private int highKls;
    private int negativeKls;
    private int lowEntropies;

    /// <summary>The newest step whose weights a guard might want back, while the run stands at a step.</summary>
    public long SoundStep(long step)
    {
        var odd = Math.Max(highKls, Math.Max(negativeKls, lowEntropies));
        // What was looked at last came from the weights of the step before.
        return step - Math.Max(odd > 0 ? odd + 1 : 0, options.HeldOutRewardModelPath is null ? 0 : options.HeldOutWindow);
    }

    /// <summary>Looks at what the weights after a step have sampled, before anything is learned from it.</summary>
    public void CheckRollout(long step, double kl, double score)
    {
        if (!double.IsFinite(kl) || !double.IsFinite(score))
            throw Trouble(step - 1, step, $"the KL is {kl} and the mean score {score}; one of the models gives no numbers. Lower 'learning_rate'.");
        highKls = kl > HighKlShare * options.MaxKl ? highKls + 1 : 0;
        negativeKls = kl < LowestKl ? negativeKls + 1 : 0;
        if (kl > options.MaxKl)
            throw Trouble(step - highKls, step, $"the KL is {kl:0.#} nats an episode, beyond 'max_kl' {options.MaxKl:0.#}; the policy has run away from its reference. Raise 'kl_coef' or lower 'learning_rate'.");
        if (negativeKls >= Patience)
            throw Trouble(step - negativeKls, step, $"the KL is {kl:0.##} nats, below 0 for {Patience} batches; replies are not drawn from the policy that is being trained. Check 'temperature' and the model's numbers.");
    }

    /// <summary>Looks at a mini-batch before the weights move.</summary>
    public static void CheckMiniBatch(long step, double loss, double ratio)
    {
        if (!double.IsFinite(loss) || !double.IsFinite(ratio))
            throw Trouble(step, step, $"the loss is {loss} and the probability ratio {ratio}; training has diverged. Lower 'learning_rate'.");
        if (ratio > HighestRatio)
            throw Trouble(step, step, $"the mean probability ratio is {ratio:0.#}, beyond {HighestRatio}; single updates are too large. Lower 'learning_rate' or 'num_ppo_epochs'.");
    }

    /// <summary>Looks at the gradient that the optimizer met; one that is no number moved nothing.</summary>
    public static void CheckGradient(long step, double norm)
    {
        if (!double.IsFinite(norm)) throw Trouble(step, step, $"the gradient's norm is {norm}; training has diverged. Lower 'learning_rate'.");
    }

    /// <summary>Looks at the policy's mean entropy of a batch that the weights after a step have sampled.</summary>
    public void CheckEntropy(long step, double entropy)
    {
        lowEntropies = entropy < options.MinEntropy ? lowEntropies + 1 : 0;
        if (lowEntropies >= Patience)
            throw Trouble(step - lowEntropies, step, $"the policy's entropy is {entropy:0.######} nats a token, below 'min_entropy' {options.MinEntropy} for {Patience} batches; it writes nearly the same always. Raise 'kl_coef' or lower 'learning_rate'.");
    }

    /// <summary>Looks whether a reward model that nobody trains on agrees that replies get better.</summary>
    /// <param name="step">The step after which the weights sampled the batch.</param>
    /// <param name="score">The batch's mean score.</param>
    /// <param name="heldOut">The mean score that the held-out model gives it.</param>
    public void CheckHeldOut(long step, double score, double heldOut)
    {
        history.Enqueue((score, heldOut));
        while (history.Count > options.HeldOutWindow) history.Dequeue();
        if (history.Count < options.HeldOutWindow) return;
        var (before, after) = (history.Take(history.Count / 2).ToArray(), history.Skip(history.Count / 2).ToArray());
        var (gain, loss) = (Change(before, after, batch => batch.Score), Change(before, after, batch => batch.HeldOut));
        if (gain.Deviations > 2 && loss.Deviations < -2)
            throw Trouble(step - options.HeldOutWindow, step, $"over {options.HeldOutWindow} batches the score rose by {gain.Mean:0.###} while that of the held-out reward model fell by {-loss.Mean:0.###}; the policy pleases its reward model, not people. Raise 'kl_coef', or train a reward model on newer replies.");
    }

    /// <summary>For checkpoints.</summary>
    public IEnumerable<KeyValuePair<string, double>> State() =>
    [
        KeyValuePair.Create("high_kls", (double)highKls),
        KeyValuePair.Create("negative_kls", (double)negativeKls),
        KeyValuePair.Create("low_entropies", (double)lowEntropies),
        .. history.SelectMany((batch, i) => new[] { KeyValuePair.Create($"{HistoryPrefix}{i}/score", batch.Score), KeyValuePair.Create($"{HistoryPrefix}{i}/held_out", batch.HeldOut) }),
    ];

    /// <summary>Goes on from what <see cref="State"/> gave.</summary>
    public void Restore(IReadOnlyDictionary<string, double> values)
    {
        (highKls, negativeKls, lowEntropies) = ((int)values["high_kls"], (int)values["negative_kls"], (int)values["low_entropies"]);
        history.Clear();
        for (var i = 0; values.TryGetValue($"{HistoryPrefix}{i}/score", out var score); i++) history.Enqueue((score, values[$"{HistoryPrefix}{i}/held_out"]));
    }

    /// <summary>How a mean has changed, and that in standard deviations of what chance would do.</summary>
    private static (double Mean, double Deviations) Change<T>(T[] before, T[] after, Func<T, double> of)
    {
        (double Mean, double Error) Describe(T[] batches)
        {
            var mean = batches.Average(of);
            return (mean, batches.Sum(batch => Math.Pow(of(batch) - mean, 2)) / (batches.Length - 1) / batches.Length);
        }
        var (first, second) = (Describe(before), Describe(after));
        var change = second.Mean - first.Mean;
        return (change, change / Math.Sqrt(first.Error + second.Error + 1e-12));
    }

    private static PpoTroubleException Trouble(long soundStep, long step, string cause) => new($"After step {step}: {cause}", Math.Max(0, soundStep));
}

/// <summary>A guard of PPO saw training go wrong.</summary>
/// <param name="message">What was seen, what causes it, what to change.</param>
/// <param name="soundStep">The newest step whose weights are from before the trouble.</param>
internal sealed class PpoTroubleException(string message, long soundStep) : Exception(message)
{
    public long SoundStep => soundStep;
}
