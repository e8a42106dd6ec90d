using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using RlhfHub.Domain.Datasets;

namespace RlhfHub.Domain.Rounds;

/// <summary>What a round does: its stages in order, and which judgments they learn from.</summary>
public sealed record RoundPlan
{
    /// <summary>What is trained, in this order.</summary>
    [MinLength(1, ErrorMessage = "A round needs at least one stage."), MaxLength(10)]
    public required IReadOnlyList<StagePlan> Stages { get; init; }

    /// <summary>Which judgments are frozen for it.</summary>
    public SnapshotRules Data { get; init; } = new();

    /// <summary>How many comparisons with the starting model reach the raters from each checkpoint of PPO or DPO; 0 for none.</summary>
    [Range(0, 1000), Display(Name = "Live comparisons", Description = "At each checkpoint of PPO or DPO, so many of its replies reach the raters beside the starting model's; 0 for none.")]
    public int LiveComparisons { get; init; } = 4;

    /// <summary>How many blind comparisons pit the round's last model against the one in use; 0 for none.</summary>
    [Range(0, 10_000), Display(Name = "Old against new", Description = "At the end, so many blind comparisons pit the new model against the one in use; 0 for none.")]
    public int EvaluationComparisons { get; init; } = 40;

    /// <summary>The longest reply in these comparisons, in tokens.</summary>
    [Range(1, 32_768), Display(Name = "Longest reply", Description = "Of the replies that people compare, in tokens.")]
    public int ReplyTokens { get; init; } = 128;

    /// <summary>The sampling temperature in these comparisons.</summary>
    [Range(0, 2), Display(Name = "Temperature", Description = "Of the replies that people compare.")]
    public double ReplyTemperature { get; init; } = 0.7;
}

/// <summary>One stage of a round, which becomes one run.</summary>
public sealed record StagePlan
{
    /// <summary>What is trained: sft, reward, ppo, dpo or classify.</summary>
    [Required, StringLength(40)]
    public required string Kind { get; init; }

    /// <summary>The version to start from; null for the latest one of this round that writes text, else the project's version in use, else its base model.</summary>
    public Guid? FromVersionId { get; init; }

    /// <summary>For ppo: the reward model; null for the one of this round, else the project's newest.</summary>
    public Guid? RewardVersionId { get; init; }

    /// <summary>The trainer's options under TRL's names; what is not named keeps its default.</summary>
    public JsonObject Options { get; init; } = [];

    /// <summary>Everything random follows from it.</summary>
    [Range(0, int.MaxValue), Display(Name = "Seed", Description = "Everything random follows from it.")]
    public int Seed { get; init; } = 42;

    /// <summary><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    [Required, RegularExpression("auto|cpu|cuda(:[0-9]{1,3})?", ErrorMessage = "The device must be auto, cpu, cuda or cuda:N."), Display(Name = "Device", Description = "auto, cpu, cuda or cuda:N.")]
    public string Device { get; init; } = "auto";

    /// <summary>The type of the weights.</summary>
    [Required, RegularExpression("auto|float32|bfloat16|float16", ErrorMessage = "The data type must be auto, float32, bfloat16 or float16."), Display(Name = "Data type", Description = "Of the weights; auto is the model's own.")]
    public string DType { get; init; } = "auto";
}
