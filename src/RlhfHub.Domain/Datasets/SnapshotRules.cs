using System.ComponentModel.DataAnnotations;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Datasets;

/// <summary>Which judgments a snapshot takes and what becomes of them.</summary>
public sealed record SnapshotRules
{
    /// <summary>The kinds of task; empty for all.</summary>
    public IReadOnlyList<TaskKind> Kinds { get; init; } = [];

    /// <summary>The purposes; gold tasks are never taken.</summary>
    public IReadOnlyList<TaskPurpose> Purposes { get; init; } = [TaskPurpose.Training, TaskPurpose.Audit];

    /// <summary>The review states; rejected judgments are never taken.</summary>
    [MinLength(1)]
    public IReadOnlyList<ReviewState> Reviews { get; init; } = [ReviewState.Submitted, ReviewState.Approved, ReviewState.Fixed, ReviewState.Adjudicated];

    /// <summary>The splits; empty for all.</summary>
    public IReadOnlyList<Split> Splits { get; init; } = [];

    /// <summary>Only prompts with one of these tags; empty for any.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Whether extra judgments are taken too.</summary>
    public bool IncludesExtra { get; init; }

    /// <summary>What becomes of several judgments of one task.</summary>
    public Aggregation Aggregation { get; init; }

    /// <summary>What becomes of ties.</summary>
    public TieRule Ties { get; init; }

    /// <summary>Whether a preference's strength becomes its margin.</summary>
    public bool MarginFromStrength { get; init; } = true;

    /// <summary>The rating, as a share of the scale, from which a rated reply counts as desired in unpaired data.</summary>
    [Range(0, 1)]
    public double DesiredFrom { get; init; } = 0.6;
}

/// <summary>What becomes of several judgments of one task.</summary>
public enum Aggregation
{
    /// <summary>Each makes an example of its own.</summary>
    All,

    /// <summary>The answer of most; none where no answer has most.</summary>
    Majority,

    /// <summary>The answer with the greatest sum of the raters' reliability; none where two are equal.</summary>
    Weighted,
}

/// <summary>What becomes of a tie between two replies.</summary>
public enum TieRule
{
    /// <summary>It is left out.</summary>
    Drop,

    /// <summary>It becomes two pairs, one each way, with margin 0: the reward model is pulled to neither.</summary>
    Soften,

    /// <summary>It becomes a ranking with both replies on one place.</summary>
    Keep,
}

/// <summary>How much a snapshot holds.</summary>
/// <param name="Judgments">Judgments taken.</param>
/// <param name="Prompts">Different prompts.</param>
/// <param name="Examples">Examples by kind, like "preference".</param>
/// <param name="Splits">Examples by split.</param>
public sealed record SnapshotCounts(int Judgments, int Prompts, IReadOnlyDictionary<string, int> Examples, IReadOnlyDictionary<string, int> Splits);
