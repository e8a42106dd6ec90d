using System.ComponentModel.DataAnnotations;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Models;

/// <summary>Which prompts get how many replies, and how they are sampled.</summary>
public sealed record CandidateOrder
{
    /// <summary>Which prompts.</summary>
    public PromptFilter Filter { get; init; } = new();

    /// <summary>How many prompts at most, the oldest first.</summary>
    [Range(1, 1_000_000), Display(Name = "Prompts at most")]
    public int Limit { get; init; } = 100;

    /// <summary>Replies to each prompt.</summary>
    [Range(1, 16), Display(Name = "Replies per prompt")]
    public int Replies { get; init; } = 2;

    /// <summary>1 leaves the model's distribution as it is.</summary>
    [Range(0, 2), Display(Name = "Temperature")]
    public double Temperature { get; init; } = 1;

    /// <summary>The share of probability that is sampled from.</summary>
    [Range(0.01, 1), Display(Name = "Top-p")]
    public double TopP { get; init; } = 1;

    /// <summary>The longest reply.</summary>
    [Range(1, 32_768), Display(Name = "Longest reply (tokens)")]
    public int MaxNewTokens { get; init; } = 128;

    /// <summary>Reply number i of the order is written with this seed plus i, so that the same order gives the same replies.</summary>
    [Range(0, int.MaxValue), Display(Name = "Seed")]
    public int Seed { get; init; } = 1;
}

/// <summary>An order for replies and how far it is.</summary>
/// <param name="Id">The order.</param>
/// <param name="Order">What was asked for.</param>
/// <param name="ModelName">The model.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Prompts">How many prompts it is about.</param>
/// <param name="PromptsDone">How many are done.</param>
/// <param name="Written">Replies written.</param>
/// <param name="Flagged">Those that tell their writer.</param>
/// <param name="Missing">Replies that the model did not give.</param>
/// <param name="Note">What went wrong last.</param>
/// <param name="CreatedAt">When it was asked for, in UTC.</param>
public sealed record CandidateProgress(
    Guid Id, CandidateOrder Order, string ModelName, CandidateState State, int Prompts, int PromptsDone, int Written, int Flagged, int Missing, string? Note, DateTime CreatedAt);
