using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using RlhfHub.Domain.Data;

namespace RlhfHub.Domain.Rounds;

/// <summary>One run of a round: a run folder, and what was read of its events so far.</summary>
public sealed class Run
{
    /// <summary>The longest reason, in characters.</summary>
    public const int MaxReason = 2000;

    /// <summary>The id, which is the run folder's name below <c>runs/</c> too.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The round.</summary>
    public Guid RoundId { get; init; }

    /// <summary>Its place in the round, from 0.</summary>
    public int Number { get; init; }

    /// <summary>What is trained: a <c>kind</c> of the run folder.</summary>
    public required string Kind { get; init; }

    /// <summary>Where it stands.</summary>
    public RunState State { get; set; }

    /// <summary>Why it failed or paused by itself.</summary>
    public string? Reason { get; set; }

    /// <summary>The number of the last event that was stored.</summary>
    public long Seq { get; set; }

    /// <summary>Where the next line of events.jsonl begins. Stored together with <see cref="Seq"/> and the events, so that each is there exactly once.</summary>
    public long OffsetBytes { get; set; }

    /// <summary>The last step of which there was a metric.</summary>
    public long Step { get; set; }

    /// <summary>How many steps it has; null while nobody knows.</summary>
    public long? Steps { get; set; }

    /// <summary>How often its worker was started again after it had died.</summary>
    public int Restarts { get; set; }

    /// <summary>Options that were changed since it began; null for none.</summary>
    public JsonObject? ChangedOptions { get; set; }

    /// <summary>A request for a checkpoint that the worker has not been told yet.</summary>
    public bool WantsCheckpoint { get; set; }

    /// <summary>When its worker was started first.</summary>
    public DateTime? StartedAt { get; set; }

    /// <summary>When it ended.</summary>
    public DateTime? EndedAt { get; set; }

    /// <summary>The version that came of it.</summary>
    public Guid? VersionId { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<Run>
    {
        public void Configure(EntityTypeBuilder<Run> builder)
        {
            builder.ToTable("Runs");
            builder.HasOne<Round>().WithMany().HasForeignKey(run => run.RoundId).OnDelete(DeleteBehavior.Cascade);
            builder.HasIndex(run => new { run.RoundId, run.Number }).IsUnique();
            builder.Property(run => run.Kind).HasMaxLength(40);
            builder.Property(run => run.Reason).HasMaxLength(MaxReason);
            builder.Property(run => run.ChangedOptions!).HasJsonText();
        }
    }
}

/// <summary>Where a run stands.</summary>
public enum RunState
{
    /// <summary>Its turn has not come.</summary>
    Waiting,

    /// <summary>Its worker reads data and models.</summary>
    Preparing,

    /// <summary>Steps are made.</summary>
    Running,

    /// <summary>It waits, because its people want it to or because training went wrong.</summary>
    Paused,

    /// <summary>Its result is there.</summary>
    Completed,

    /// <summary>It ended without a result.</summary>
    Failed,

    /// <summary>Its people ended it.</summary>
    Stopped,
}

/// <summary>An event of a run, as the worker wrote it.</summary>
public sealed class RunEvent
{
    /// <summary>The run.</summary>
    public Guid RunId { get; init; }

    /// <summary>Its number: 1, 2, 3 … without gaps.</summary>
    public long Seq { get; init; }

    /// <summary>When the worker wrote it.</summary>
    public DateTime Time { get; init; }

    /// <summary>Its kind, as the run folder's contract names it: state, metric, sample, checkpoint, log, error.</summary>
    public required string Kind { get; init; }

    /// <summary>The line of events.jsonl without <c>seq</c>, <c>time</c> and <c>kind</c>, as JSON.</summary>
    public required string Content { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<RunEvent>
    {
        public void Configure(EntityTypeBuilder<RunEvent> builder)
        {
            builder.ToTable("RunEvents").HasKey(entry => new { entry.RunId, entry.Seq });
            builder.HasOne<Run>().WithMany().HasForeignKey(entry => entry.RunId).OnDelete(DeleteBehavior.Cascade);
            builder.HasIndex(entry => new { entry.RunId, entry.Kind, entry.Seq });   // the metrics of a chart, the samples of a page
            builder.Property(entry => entry.Kind).HasMaxLength(40);
        }
    }
}
