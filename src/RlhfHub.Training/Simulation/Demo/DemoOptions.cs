using System.ComponentModel.DataAnnotations;

namespace RlhfHub.Training.Simulation.Demo;

/// <summary>How large a demonstration of the loop is; with the defaults it takes about ten minutes on two cores.</summary>
public sealed record DemoOptions
{
    /// <summary>Everything random follows from it: prompts, raters, replies, training.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Raters who demonstrate and compare; as many fresh ones judge at the end.</summary>
    [Range(1, 1000)]
    public int Raters { get; init; } = 8;

    /// <summary>Prompts to which raters write a reply.</summary>
    [Range(1, 100_000)]
    public int Demonstrations { get; init; } = 250;

    /// <summary>Prompts of which raters compare two replies of the model taught by demonstrations.</summary>
    [Range(1, 100_000)]
    public int Comparisons { get; init; } = 16_000;

    /// <summary>Comparisons kept from the reward model, to measure it.</summary>
    [Range(1, 100_000)]
    public int HeldOutComparisons { get; init; } = 400;

    /// <summary>Prompts on which PPO practises.</summary>
    [Range(1, 100_000)]
    public int PracticePrompts { get; init; } = 2000;

    /// <summary>Steps of PPO.</summary>
    [Range(1, 100_000)]
    public int PpoSteps { get; init; } = 140;

    /// <summary>Episodes in a step of PPO.</summary>
    [Range(1, 4096)]
    public int PpoBatch { get; init; } = 64;

    /// <summary>What drifting from the taught model costs, for each nat.</summary>
    [Range(0, 100)]
    public double KlCoefficient { get; init; } = 0.2;

    /// <summary>Prompts of the blind comparison at the end, worded as no prompt before.</summary>
    [Range(1, 100_000)]
    public int BlindPrompts { get; init; } = 400;

    /// <summary>
    /// Prompts whose replies are held against the answer key, before and after; the first of them are those of the blind comparison. More than raters judge,
    /// for shares of right answers of two models differ by little.
    /// </summary>
    [Range(1, 100_000)]
    public int CensusPrompts { get; init; } = 2000;

    /// <summary>How many fresh raters judge each prompt of the blind comparison.</summary>
    [Range(1, 100)]
    public int JudgmentsPerPrompt { get; init; } = 3;

    /// <summary>Sampling temperature of PPO and of the blind comparison.</summary>
    [Range(0.01, 10)]
    public double Temperature { get; init; } = 0.7;

    /// <summary>A control: who won a comparison is decided by a coin, so that nothing can be learned from it.</summary>
    public bool ShufflesLabels { get; init; }
}
