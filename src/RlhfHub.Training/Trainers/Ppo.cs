using System.ComponentModel.DataAnnotations;
using RlhfHub.Training.Losses;

namespace RlhfHub.Training.Trainers;

/// <summary>
/// Options of proximal policy optimisation; names and defaults are TRL's, https://huggingface.co/docs/trl/ppo_trainer. A step is one batch of episodes, of
/// batch size × accumulation × mini-batches.
/// </summary>
public sealed record PpoOptions : TrainingOptions
{
    /// <summary>TRL's learning rate, and the epsilon that N+ found to matter.</summary>
    public PpoOptions()
    {
        LearningRate = 3e-6;
        AdamEpsilon = 1e-5;
        LoggingSteps = 1;
        SaveSteps = 50;
    }

    /// <summary>The folder of the model that scores, absolute or relative to the run folder: a classifier with one label, or an adapter of one over the same base.</summary>
    [Display(Name = "Reward model", Description = "The model that scores replies: its folder, or that of an adapter over the same base model.")]
    public string? RewardModelPath { get; init; }

    /// <summary>The folder of a reward model that nothing is learned from, or null: where it falls while the score rises, the policy has found the reward model's weakness.</summary>
    [Display(Name = "Held-out reward model", Description = "A second reward model, for watching only: training pauses when it falls while the score rises.")]
    public string? HeldOutRewardModelPath { get; init; }

    /// <summary>Batches over which the two reward models are compared: the later half with the earlier one.</summary>
    [Range(4, 10_000), Display(Name = "Held-out window", Description = "Batches over which the held-out reward model's trend is looked at.")]
    public int HeldOutWindow { get; init; } = 20;

    /// <summary>Episodes in all; null for as many as <see cref="TrainingOptions.NumTrainEpochs"/> gives, and a positive <see cref="TrainingOptions.MaxSteps"/> overrides both.</summary>
    [Range(1, 1_000_000_000), Display(Name = "Episodes", Description = "Replies to be sampled in all; empty for what the epochs give.")]
    public long? TotalEpisodes { get; init; }

    /// <summary>Parts of a batch of episodes, each an optimizer step.</summary>
    [Range(1, 65_536), Display(Name = "Mini-batches", Description = "Optimizer steps in each pass over a batch of episodes.")]
    public int NumMiniBatches { get; init; } = 1;

    /// <summary>Passes over each batch of episodes.</summary>
    [Range(1, 1000), Display(Name = "PPO epochs", Description = "How often each batch of episodes is learned from.")]
    public int NumPpoEpochs { get; init; } = 4;

    /// <summary>The longest reply, in tokens.</summary>
    [Range(1, 100_000), Display(Name = "Reply length", Description = "The most tokens of a reply.")]
    public int ResponseLength { get; init; } = 53;

    /// <summary>Sampling temperature; probabilities are those of the tempered distribution throughout.</summary>
    [Range(0.01, 100.0), Display(Name = "Temperature", Description = "Above 1 replies vary more, below 1 less.")]
    public double Temperature { get; init; } = 0.7;

    /// <summary><c>eos</c> ends a reply at an end-of-text token; null lets every reply have the full length, as in TRL.</summary>
    [Display(Name = "Stop at", Description = "eos ends replies at the end-of-text token; empty lets all run to the full length.")]
    public string? StopToken { get; init; } = "eos";

    /// <summary>Taken off the score of a reply that has not ended; null for nothing.</summary>
    [Range(0.0, 1e6), Display(Name = "Penalty for no end", Description = "Taken off the score of a reply that does not end by itself; empty for nothing.")]
    public double? MissingEosPenalty { get; init; }

    /// <summary>The price of a nat of KL, at first where there is a target.</summary>
    [Range(0.0, 1000.0), Display(Name = "KL price", Description = "What it costs to drift from the starting model; more holds it closer.")]
    public double KlCoef { get; init; } = 0.05;

    /// <summary>Which estimate of the KL is paid for.</summary>
    [AllowedValues(KlEstimatorKind.K1, KlEstimatorKind.K3), Display(Name = "KL estimate", Description = "k1 is the plain one; k3 varies less and is never negative.")]
    public KlEstimatorKind KlEstimator { get; init; } = KlEstimatorKind.K1;

    /// <summary>The KL wanted, in nats an episode; the price then follows. Null keeps it fixed.</summary>
    [Range(0.0001, 1e6), Display(Name = "KL target", Description = "The drift wanted, in nats a reply: the price then adapts. Empty keeps the price.")]
    public double? KlTarget { get; init; }

    /// <summary>Episodes over which an error of 100 % would double the price.</summary>
    [Range(1.0, 1e9), Display(Name = "KL horizon", Description = "How slowly the price follows, in episodes.")]
    public double KlHorizon { get; init; } = 10_000;

    /// <summary>How far a token's probability ratio may go before its gradient is cut.</summary>
    [Range(0.001, 10.0), Display(Name = "Clip range", Description = "How far one batch may move a token's probability, as a share.")]
    public double Cliprange { get; init; } = 0.2;

    /// <summary>Weight of the value loss.</summary>
    [Range(0.0, 1000.0), Display(Name = "Value weight", Description = "Weight of the value head's loss.")]
    public double VfCoef { get; init; } = 0.1;

    /// <summary>How far a value may move in one batch before its gradient is cut.</summary>
    [Range(0.001, 1e6), Display(Name = "Value clip range", Description = "How far one batch may move a predicted value.")]
    public double CliprangeValue { get; init; } = 0.2;

    /// <summary>Discount of later rewards.</summary>
    [Range(0.0, 1.0), Display(Name = "Gamma", Description = "Discount of later rewards; 1 for none.")]
    public double Gamma { get; init; } = 1;

    /// <summary>Between the value head's word (0) and what really came (1).</summary>
    [Range(0.0, 1.0), Display(Name = "Lambda", Description = "Near 0 trusts the value head, near 1 what really came.")]
    public double Lam { get; init; } = 0.95;

    /// <summary>Scale rewards to variance 1 before advantages are made of them.</summary>
    [Display(Name = "Whiten rewards", Description = "Scale rewards to variance 1 in each batch.")]
    public bool WhitenRewards { get; init; }

    /// <summary>Shift and scale scores so that replies of the starting model have mean 0 and deviation 1, as lm-human-preferences does.</summary>
    [Display(Name = "Normalise scores", Description = "Shift and scale scores so that the starting model's replies have mean 0 and deviation 1.")]
    public bool NormalizeScores { get; init; }

    /// <summary>Replies of the starting model that <see cref="NormalizeScores"/> goes by.</summary>
    [Range(2, 1_000_000), Display(Name = "Replies to normalise by", Description = "Replies of the starting model from which shift and scale follow.")]
    public int NormalizationEpisodes { get; init; } = 256;

    /// <summary>Add Adam's epsilon before the second moment's bias correction, as TensorFlow and with it lm-human-preferences does: the first steps are smaller.</summary>
    [Display(Name = "TensorFlow's epsilon", Description = "Use Adam's epsilon as TensorFlow does: smaller first steps.")]
    public bool AdamEpsilonUncorrected { get; init; }

    /// <summary>The value head's own learning rate. It begins from nothing, so it must go faster than a policy that is fine-tuned; TRL has one rate for both.</summary>
    [Range(1e-12, 10.0), Display(Name = "Value learning rate", Description = "How fast the value head learns; it begins from nothing.")]
    public double ValueLearningRate { get; init; } = 1e-3;

    /// <summary>How often in the run replies to the same prompts are shown.</summary>
    [Range(0, 10_000), Display(Name = "Sample rounds", Description = "How often during training replies to the same prompts are shown.")]
    public int NumSampleGenerations { get; init; } = 10;

    /// <summary>The run is paused when the KL of a batch, in nats an episode, is beyond this.</summary>
    [Range(0.01, 1e9), Display(Name = "KL limit", Description = "Training pauses when the drift, in nats a reply, is beyond this.")]
    public double MaxKl { get; init; } = 200;

    /// <summary>The run is paused when the policy's entropy, in nats a token, stays below this; 0 never.</summary>
    [Range(0.0, 100.0), Display(Name = "Least entropy", Description = "Training pauses when replies hardly vary any more, in nats a token; 0 never.")]
    public double MinEntropy { get; init; } = 0.001;

    /// <summary>Episodes of one batch.</summary>
    public int EpisodesPerStep => StepSize * NumMiniBatches;

    /// <inheritdoc/>
    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var result in base.Validate(validationContext)) yield return result;
        if (string.IsNullOrWhiteSpace(RewardModelPath)) yield return new ValidationResult("'reward_model_path' is missing; expected the folder of a reward model.");
        if (HeldOutRewardModelPath is not null && string.IsNullOrWhiteSpace(HeldOutRewardModelPath)) yield return new ValidationResult("'held_out_reward_model_path' is empty; expected the folder of a reward model, or null.");
        if (StopToken is not (null or "eos")) yield return new ValidationResult($"'stop_token' is '{StopToken}'; expected eos, or null for replies of full length.");
        if (MissingEosPenalty > 0 && StopToken is null) yield return new ValidationResult("'missing_eos_penalty' needs 'stop_token' eos, or no reply ever ends and all pay.");
        if (LoadBestModelAtEnd) yield return new ValidationResult("'load_best_model_at_end' needs a validation, which 'ppo' has none of; expected false.");
    }
}
