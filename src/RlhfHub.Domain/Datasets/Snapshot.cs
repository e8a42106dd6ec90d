using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Datasets;

/// <summary>A frozen choice of judgments and what was made of them. Never changed; it can be made again from the revisions it names, to the last byte.</summary>
public sealed class Snapshot
{
    /// <summary>The id.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The project.</summary>
    public Guid ProjectId { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>What was chosen and how it was turned into examples.</summary>
    public required SnapshotRules Rules { get; init; }

    /// <summary>The project's settings then: scales and labels may change, what was frozen may not.</summary>
    public required ProjectSettings Settings { get; init; }

    /// <summary>SHA-256 of all examples in order, in lower-case hex.</summary>
    public required string ContentHash { get; init; }

    /// <summary>How many examples there are, by kind and split.</summary>
    public required SnapshotCounts Counts { get; init; }

    /// <summary>Who made it; null for somebody who has no account here.</summary>
    public Guid? CreatedById { get; init; }

    /// <summary>The name of the one who has no account here, as an archive gave it.</summary>
    public string? ImportedCreator { get; init; }

    /// <summary>When.</summary>
    public DateTime CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<Snapshot>
    {
        public void Configure(EntityTypeBuilder<Snapshot> builder)
        {
            builder.ToTable("Snapshots");
            builder.HasOne<Project>().WithMany().HasForeignKey(snapshot => snapshot.ProjectId).OnDelete(DeleteBehavior.Cascade);
            builder.Property(snapshot => snapshot.Name).HasMaxLength(120);
            builder.Property(snapshot => snapshot.ImportedCreator).HasMaxLength(200);
            builder.Property(snapshot => snapshot.ContentHash).HasMaxLength(64);
            builder.Property(snapshot => snapshot.Rules).HasJsonText();
            builder.Property(snapshot => snapshot.Settings).HasJsonText();
            builder.Property(snapshot => snapshot.Counts).HasJsonText();
        }
    }
}

/// <summary>A judgment that a snapshot holds, as it was then.</summary>
public sealed class SnapshotJudgment
{
    /// <summary>The snapshot.</summary>
    public Guid SnapshotId { get; init; }

    /// <summary>The judgment.</summary>
    public Guid JudgmentId { get; init; }

    /// <summary>The revision that was in force.</summary>
    public int Revision { get; init; }

    /// <summary>Its weight in the aggregation, 1 where all weigh alike.</summary>
    public double Weight { get; init; } = 1;

    internal sealed class Configuration : IEntityTypeConfiguration<SnapshotJudgment>
    {
        public void Configure(EntityTypeBuilder<SnapshotJudgment> builder)
        {
            builder.ToTable("SnapshotJudgments").HasKey(entry => new { entry.SnapshotId, entry.JudgmentId });
            builder.HasOne<Snapshot>().WithMany().HasForeignKey(entry => entry.SnapshotId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<Judgment>().WithMany().HasForeignKey(entry => entry.JudgmentId).OnDelete(DeleteBehavior.Restrict);
            builder.HasIndex(entry => entry.JudgmentId);   // which snapshots hold a judgment
        }
    }
}
