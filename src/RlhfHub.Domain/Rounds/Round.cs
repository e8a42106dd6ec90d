using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Rounds;

/// <summary>One turn of the loop: runs, one after the other, over data that were frozen once.</summary>
public sealed class Round
{
    /// <summary>The id.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The project.</summary>
    public Guid ProjectId { get; init; }

    /// <summary>Its number in the project, from 1.</summary>
    public int Number { get; init; }

    /// <summary>What is to be done.</summary>
    public required RoundPlan Plan { get; init; }

    /// <summary>Where it stands.</summary>
    public RoundState State { get; set; }

    /// <summary>What its people want of it; the runner follows.</summary>
    public RoundWish Wish { get; set; }

    /// <summary>Why it waits, paused by itself or failed: one sentence.</summary>
    public string? Reason { get; set; }

    /// <summary>Whether it paused because training went wrong: somebody has to say how it goes on.</summary>
    public bool IsInTrouble { get; set; }

    /// <summary>The frozen data; null until it is prepared, and for a round that needs no judgments.</summary>
    public Guid? SnapshotId { get; set; }

    /// <summary>Not before this; null for at once.</summary>
    public DateTime? StartsAt { get; init; }

    /// <summary>Not before the project has so many counted judgments; null for at once.</summary>
    public int? StartsAtJudgments { get; init; }

    /// <summary>Who launched it.</summary>
    public Guid CreatedById { get; init; }

    /// <summary>When.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>When it was prepared first.</summary>
    public DateTime? StartedAt { get; set; }

    /// <summary>When it ended.</summary>
    public DateTime? EndedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<Round>
    {
        public void Configure(EntityTypeBuilder<Round> builder)
        {
            builder.ToTable("Rounds");
            builder.HasOne<Project>().WithMany().HasForeignKey(round => round.ProjectId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<Snapshot>().WithMany().HasForeignKey(round => round.SnapshotId).OnDelete(DeleteBehavior.Restrict);
            builder.HasIndex(round => new { round.ProjectId, round.Number }).IsUnique();
            builder.HasIndex(round => round.State);   // what is to be worked on
            builder.Property(round => round.Plan).HasJsonText();
            builder.Property(round => round.Reason).HasMaxLength(Run.MaxReason);
        }
    }
}

/// <summary>Where a round stands.</summary>
public enum RoundState
{
    /// <summary>It waits: for its time, for judgments, or for a round before it.</summary>
    Queued,

    /// <summary>Its data are frozen and its next run is laid out.</summary>
    Preparing,

    /// <summary>A worker works on it.</summary>
    Running,

    /// <summary>It waits for its people.</summary>
    Paused,

    /// <summary>All runs are done.</summary>
    Completed,

    /// <summary>A run ended without a result.</summary>
    Failed,

    /// <summary>Its people ended it.</summary>
    Cancelled,
}

/// <summary>What the people of a round want of it.</summary>
public enum RoundWish
{
    /// <summary>To go on.</summary>
    Run,

    /// <summary>To save and wait.</summary>
    Pause,

    /// <summary>To save and end.</summary>
    Stop,
}
