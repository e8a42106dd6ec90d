using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace RlhfHub.Training.Runs;

/// <summary>One line of events.jsonl.</summary>
public abstract record RunEvent
{
    private protected RunEvent(string kind) => Kind = kind;

    /// <summary>Its number: 1, 2, 3 … without gaps. Given by the log.</summary>
    [JsonPropertyOrder(-3)]
    public long Seq { get; init; }

    /// <summary>When it was written, UTC. Given by the log.</summary>
    [JsonPropertyOrder(-2)]
    public DateTime Time { get; init; }

    /// <summary>The line's <c>kind</c>.</summary>
    [JsonPropertyOrder(-1)]
    public string Kind { get; }

    /// <summary>Its line without <c>seq</c>, <c>time</c> and <c>kind</c>.</summary>
    public JsonObject ToContent()
    {
        var fields = (this is OtherEvent other ? other.Fields.DeepClone() : JsonSerializer.SerializeToNode(this, GetType(), RunJson.Compact)!).AsObject();
        foreach (var common in (string[])["seq", "time", "kind"]) fields.Remove(common);
        return fields;
    }
}

/// <summary>The run entered a state.</summary>
/// <param name="State">Which.</param>
/// <param name="FromStep">For <see cref="RunState.Resumed"/>: the step of the checkpoint it goes on from; 0 for the beginning. For <see cref="RunState.Paused"/> with a
/// reason: that from which it would.</param>
/// <param name="Reason">For <see cref="RunState.Failed"/>, and for <see cref="RunState.Paused"/> when the worker saw training go wrong: what it saw.</param>
/// <param name="Steps">For <see cref="RunState.Running"/>: how many steps the run has in all.</param>
public sealed record StateEvent(RunState State, long? FromStep = null, string? Reason = null, long? Steps = null) : RunEvent("state")
{
    /// <summary>A new process goes on from a checkpoint.</summary>
    public static StateEvent Resumed(long fromStep) => new(RunState.Resumed, FromStep: fromStep);

    /// <summary>The worker saw training go wrong and ended; started again it would go on from a checkpoint from before that.</summary>
    public static StateEvent PausedByTrouble(string reason, long fromStep) => new(RunState.Paused, fromStep, reason);

    /// <summary>The run ended without a result.</summary>
    public static StateEvent Failed(string reason) => new(RunState.Failed, Reason: reason);
}

/// <summary>Where a run stands.</summary>
public enum RunState
{
    /// <summary>Data are checked and models loaded.</summary>
    Preparing,

    /// <summary>Steps are made, for the first time or again after a pause.</summary>
    Running,

    /// <summary>The worker waits, because the hub wants it to; or, with a reason, it saw training go wrong and ended, and a person has to say how the run goes on.</summary>
    Paused,

    /// <summary>A new process goes on from a checkpoint. Metrics after it are written again, with the same values.</summary>
    Resumed,

    /// <summary>The output is complete.</summary>
    Completed,

    /// <summary>The run ended without a result.</summary>
    Failed,

    /// <summary>The worker saved and ended, because the hub wanted it to.</summary>
    Stopped,
}

/// <summary>Measurements of a step. Consumers key them by run, step and name: after a resume the same ones come again.</summary>
/// <param name="Step">The optimizer step, from 1; 0 is before training.</param>
/// <param name="Metrics">Values by TRL's names. NaN and the infinities stand in the file as the texts <c>"NaN"</c>, <c>"Infinity"</c>, <c>"-Infinity"</c>.</param>
public sealed record MetricEvent(long Step, IReadOnlyDictionary<string, double> Metrics) : RunEvent("metric");

/// <summary>Something that the model wrote.</summary>
/// <param name="Step">The step after which it was written.</param>
/// <param name="Prompt">What it answered.</param>
/// <param name="Text">What it wrote.</param>
/// <param name="When">Whether this was before, during or after training.</param>
/// <param name="Score">Its reward, where one was computed.</param>
public sealed record SampleEvent(long Step, string Prompt, string Text, SampleTime When, double? Score = null) : RunEvent("sample");

/// <summary>When a sample was written.</summary>
public enum SampleTime
{
    /// <summary>By the model that training starts from.</summary>
    Before,

    /// <summary>While training.</summary>
    During,

    /// <summary>By the finished model.</summary>
    After,
}

/// <summary>A checkpoint is in place, whole and flushed.</summary>
/// <param name="Step">Its step.</param>
/// <param name="Path">Its folder, relative to the run folder.</param>
/// <param name="Request">The hub's request that it answers; null for a regular one.</param>
public sealed record CheckpointEvent(long Step, string Path, string? Request = null) : RunEvent("checkpoint");

/// <summary>Something worth telling.</summary>
/// <param name="Message">One sentence.</param>
/// <param name="Level">How much it matters.</param>
public sealed record LogEvent(string Message, RunLogLevel Level = RunLogLevel.Info) : RunEvent("log");

/// <summary>How much a message matters.</summary>
public enum RunLogLevel
{
    /// <summary>Good to know.</summary>
    Info,

    /// <summary>Somebody should look.</summary>
    Warning,
}

/// <summary>Something failed; a <see cref="RunState.Failed"/> follows when the run could not go on.</summary>
/// <param name="Message">One sentence.</param>
/// <param name="Detail">What a developer needs, such as a stack trace.</param>
public sealed record ErrorEvent(string Message, string? Detail = null) : RunEvent("error");

/// <summary>An event of a kind that this version does not know: it is read and counted, never written.</summary>
/// <param name="Name">Its kind.</param>
/// <param name="Fields">The whole line.</param>
public sealed record OtherEvent(string Name, JsonObject Fields) : RunEvent(Name);
