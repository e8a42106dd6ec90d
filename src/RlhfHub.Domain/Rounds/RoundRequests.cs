using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;

namespace RlhfHub.Domain.Rounds;

/// <summary>A round to be launched.</summary>
public sealed record RoundLaunch
{
    /// <summary>What it does.</summary>
    public required RoundPlan Plan { get; init; }

    /// <summary>Not before this, in UTC; null for at once.</summary>
    public DateTime? StartsAt { get; init; }

    /// <summary>Only when so many more judgments have come; null for at once.</summary>
    [Range(1, 10_000_000)]
    public int? AfterNewJudgments { get; init; }
}

/// <summary>What a plan would learn from now.</summary>
/// <param name="Stages">Each stage's data.</param>
/// <param name="Judgments">Judgments that would be frozen.</param>
/// <param name="Agreement">The share of tasks with several judgments on which all agree; null where there is none.</param>
public sealed record RoundPreview(IReadOnlyList<StagePreview> Stages, int Judgments, double? Agreement);

/// <summary>What a stage would learn from now.</summary>
/// <param name="Kind">What is trained.</param>
/// <param name="Examples">Examples to learn from.</param>
/// <param name="Prompts">Different prompts among them.</param>
/// <param name="Validation">Examples to measure on.</param>
/// <param name="StartsFrom">The name of the model that it starts from.</param>
/// <param name="Refusal">Why it cannot start, in a sentence; null when it can.</param>
/// <param name="Least">How many examples it needs, where that is why; null where it is not.</param>
public sealed record StagePreview(string Kind, int Examples, int Prompts, int Validation, string StartsFrom, string? Refusal, int? Least = null);

/// <summary>A round in a list.</summary>
/// <param name="Id">The round.</param>
/// <param name="Number">Its number in the project.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Wish">What its people want.</param>
/// <param name="Reason">Why it waits or failed.</param>
/// <param name="IsInTrouble">Whether it paused because training went wrong.</param>
/// <param name="Runs">Its runs.</param>
/// <param name="CreatedAt">When it was launched, in UTC.</param>
/// <param name="StartedAt">When it was prepared.</param>
/// <param name="EndedAt">When it ended.</param>
public sealed record RoundSummary(
    Guid Id, int Number, RoundState State, RoundWish Wish, string? Reason, bool IsInTrouble, IReadOnlyList<RunSummary> Runs, DateTime CreatedAt, DateTime? StartedAt, DateTime? EndedAt);

/// <summary>A run of a round.</summary>
/// <param name="Id">The run.</param>
/// <param name="Number">Its place, from 0.</param>
/// <param name="Kind">What is trained.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reason">Why it failed or paused.</param>
/// <param name="Step">The last step.</param>
/// <param name="Steps">How many there are; null while nobody knows.</param>
/// <param name="Restarts">How often its worker died and was started again.</param>
/// <param name="StartedAt">When its worker was started first, in UTC.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="VersionId">The version that came of it.</param>
public sealed record RunSummary(
    Guid Id, int Number, string Kind, RunState State, string? Reason, long Step, long? Steps, int Restarts, DateTime? StartedAt, DateTime? EndedAt, Guid? VersionId);

/// <summary>A round, whole.</summary>
/// <param name="Summary">What lists show.</param>
/// <param name="Plan">What it does.</param>
/// <param name="SnapshotId">Its frozen data.</param>
/// <param name="StartsAt">Not before this, in UTC.</param>
/// <param name="StartsAtJudgments">Not before the project has so many counted judgments.</param>
/// <param name="LaunchedBy">The name of the one who launched it.</param>
public sealed record RoundDetails(RoundSummary Summary, RoundPlan Plan, Guid? SnapshotId, DateTime? StartsAt, int? StartsAtJudgments, string LaunchedBy);

/// <summary>An event of a run.</summary>
/// <param name="Seq">Its number: 1, 2, 3 … without gaps.</param>
/// <param name="Time">When the worker wrote it, in UTC.</param>
/// <param name="Kind">state, metric, sample, checkpoint, log or error.</param>
/// <param name="Content">The rest of its line, as the run folder's contract has it.</param>
public sealed record RunEventDetails(long Seq, DateTime Time, string Kind, JsonObject Content);

/// <summary>How a round that waits goes on.</summary>
public sealed record RoundResumption
{
    /// <summary>Options of the run that waits, which from now on stand in for those it began with; null for none.</summary>
    public JsonObject? Options { get; init; }
}
