using System.ComponentModel.DataAnnotations;
using RlhfHub.Training.Optimizers;
using RlhfHub.Training.Peft;

namespace RlhfHub.Training.Trainers;

/// <summary>What every trainer that learns from examples has in common. Names and defaults are TRL's.</summary>
public abstract record TrainingOptions : IValidatableObject
{
    /// <summary>The highest learning rate.</summary>
    [Range(0.0, 10.0), Display(Name = "Learning rate", Description = "How far each step goes; too high and the loss jumps, too low and little is learned.")]
    public double LearningRate { get; init; }

    /// <summary>Examples in one forward and backward pass.</summary>
    [Range(1, 65_536), Display(Name = "Batch size", Description = "Examples computed at once; more need more memory.")]
    public int PerDeviceTrainBatchSize { get; init; } = 8;

    /// <summary>Examples in one pass of a validation.</summary>
    [Range(1, 65_536), Display(Name = "Validation batch size", Description = "Examples computed at once when validating.")]
    public int PerDeviceEvalBatchSize { get; init; } = 8;

    /// <summary>Passes whose gradients are added up before the weights move.</summary>
    [Range(1, 65_536), Display(Name = "Accumulation", Description = "Batches whose gradients are added up before a step.")]
    public int GradientAccumulationSteps { get; init; } = 1;

    /// <summary>Passes over the data, with fraction.</summary>
    [Range(0.0, 100_000.0), Display(Name = "Epochs", Description = "How often all examples are seen.")]
    public double NumTrainEpochs { get; init; } = 3;

    /// <summary>Steps in all; where positive it overrides <see cref="NumTrainEpochs"/>.</summary>
    [Range(-1, 1_000_000_000), Display(Name = "Steps", Description = "Steps in all; a positive number overrides the epochs.")]
    public long MaxSteps { get; init; } = -1;

    /// <summary>Decoupled weight decay, on matrices only.</summary>
    [Range(0.0, 10.0), Display(Name = "Weight decay", Description = "Draws matrices towards 0 a little with each step.")]
    public double WeightDecay { get; init; }

    /// <summary>Decay of the mean of gradients.</summary>
    [Range(0.0, 0.9999999), Display(Name = "Adam beta 1", Description = "Memory of the gradients' mean.")]
    public double AdamBeta1 { get; init; } = 0.9;

    /// <summary>Decay of the mean of squared gradients.</summary>
    [Range(0.0, 0.9999999), Display(Name = "Adam beta 2", Description = "Memory of the gradients' size.")]
    public double AdamBeta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the second moment.</summary>
    [Range(1e-20, 1.0), Display(Name = "Adam epsilon", Description = "Keeps steps small where gradients are tiny.")]
    public double AdamEpsilon { get; init; } = 1e-8;

    /// <summary>Longest global gradient; 0 for no limit.</summary>
    [Range(0.0, 1e6), Display(Name = "Gradient limit", Description = "Longer gradients are shortened to this; 0 for no limit.")]
    public double MaxGradNorm { get; init; } = 1;

    /// <summary>How the rate goes after its warm-up.</summary>
    [Display(Name = "Schedule", Description = "How the learning rate falls after its warm-up.")]
    public ScheduleKind LrSchedulerType { get; init; } = ScheduleKind.Linear;

    /// <summary>Share of the steps in which the rate rises from 0.</summary>
    [Range(0.0, 1.0), Display(Name = "Warm-up share", Description = "Share of the steps in which the learning rate rises.")]
    public double WarmupRatio { get; init; }

    /// <summary>Steps in which the rate rises; where positive it overrides <see cref="WarmupRatio"/>.</summary>
    [Range(0, 1_000_000_000), Display(Name = "Warm-up steps", Description = "Steps in which the learning rate rises; overrides the share.")]
    public long WarmupSteps { get; init; }

    /// <summary>Steps between two metric events.</summary>
    [Range(1, 1_000_000), Display(Name = "Log every", Description = "Steps between two points of the charts.")]
    public int LoggingSteps { get; init; } = 10;

    /// <summary>Steps between two validations; 0 for one at each epoch's end.</summary>
    [Range(0, 1_000_000), Display(Name = "Validate every", Description = "Steps between two validations; 0 for one each epoch.")]
    public int EvalSteps { get; init; }

    /// <summary>Steps between two checkpoints.</summary>
    [Range(1, 1_000_000), Display(Name = "Save every", Description = "Steps between two checkpoints.")]
    public int SaveSteps { get; init; } = 500;

    /// <summary>How many checkpoints stay, the best one besides.</summary>
    [Range(1, 10_000), Display(Name = "Keep checkpoints", Description = "How many of the last checkpoints stay.")]
    public int SaveTotalLimit { get; init; } = 2;

    /// <summary>End with the weights of the best validation instead of the last ones.</summary>
    [Display(Name = "Keep the best", Description = "End with the weights that validated best.")]
    public bool LoadBestModelAtEnd { get; init; }

    /// <summary>Validations without improvement after which training ends; 0 never.</summary>
    [Range(0, 10_000), Display(Name = "Patience", Description = "End after so many validations without improvement; 0 never.")]
    public int EarlyStoppingPatience { get; init; }

    /// <summary>Keep little for the backward pass and compute it again: less memory, a third more time.</summary>
    [Display(Name = "Recompute", Description = "Save memory by computing each block twice.")]
    public bool GradientCheckpointing { get; init; } = true;

    /// <summary>The most tokens of an example; null for no limit.</summary>
    [Range(2, 10_000_000), Display(Name = "Length limit", Description = "The most tokens of an example.")]
    public int? MaxLength { get; init; } = 1024;

    /// <summary>A parameter-efficient method by name; null trains every weight.</summary>
    [Display(Name = "Method", Description = "Train few parameters beside the model (lora), its head alone (head), or all of it (empty).")]
    public string? PeftMethod { get; init; }

    /// <summary>Options of LoRA, where that is the method.</summary>
    [Display(Name = "LoRA", Description = "Options of LoRA.")]
    public LoraOptions Lora { get; init; } = new();

    /// <summary>How many validation prompts are answered before and after, for people to compare.</summary>
    [Range(0, 1000), Display(Name = "Samples", Description = "Validation prompts that are answered before and after training.")]
    public int SampleCount { get; init; } = 4;

    /// <summary>The longest such answer, in tokens.</summary>
    [Range(1, 100_000), Display(Name = "Sample length", Description = "The most tokens of such an answer.")]
    public int SampleTokens { get; init; } = 64;

    /// <summary>Examples of one step.</summary>
    public int StepSize => PerDeviceTrainBatchSize * GradientAccumulationSteps;

    /// <inheritdoc/>
    public virtual IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PeftMethod is not null && PeftMethods.Find(PeftMethod) is null)
            yield return new ValidationResult($"'peft_method' is '{PeftMethod}'; expected {string.Join(" or ", PeftMethods.All.Select(method => method.Name))}, or null for all weights.");
        if (LearningRate == 0) yield return new ValidationResult("'learning_rate' is 0, so nothing would be learned; expected more than 0.");
        if (EarlyStoppingPatience > 0 && !LoadBestModelAtEnd) yield return new ValidationResult("'early_stopping_patience' needs 'load_best_model_at_end', or training would end with weights that validate worse than earlier ones.");
    }
}
