using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Datasets;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Rounds;

namespace RlhfHub.Domain.Models;

/// <summary>A model that a run left, and where it comes from. What it is never changes; whether it is used does.</summary>
public sealed class ModelVersion
{
    /// <summary>The folder below <c>models/</c> that versions lie in.</summary>
    public const string Folder = "versions";

    /// <summary>The id.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The project.</summary>
    public Guid ProjectId { get; init; }

    /// <summary>What people call it, such as "round 3 ppo"; unique in the project.</summary>
    public required string Name { get; set; }

    /// <summary>What it does.</summary>
    public VersionRole Role { get; init; }

    /// <summary>The kind of run that made it.</summary>
    public required string Kind { get; init; }

    /// <summary>The version that it was trained from; null for one trained from a base model.</summary>
    public Guid? ParentId { get; init; }

    /// <summary>The base model, by its name on the site's own server.</summary>
    public required string BaseModel { get; init; }

    /// <summary>The parameter-efficient method; null where all weights were trained.</summary>
    public string? Method { get; init; }

    /// <summary>The run that made it.</summary>
    public Guid RunId { get; init; }

    /// <summary>The frozen data behind it; null for none.</summary>
    public Guid? SnapshotId { get; init; }

    /// <summary>Its measurements by TRL's names.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>How much it holds on the disk, in bytes.</summary>
    public long SizeBytes { get; init; }

    /// <summary>Whether it is used.</summary>
    public VersionState State { get; set; }

    /// <summary>When it was made.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>What the site's own server calls it.</summary>
    public string ServedName => ServedNameOf(Id);

    /// <summary>What the site's own server calls a version.</summary>
    public static string ServedNameOf(Guid id) => $"{Folder}/{id:N}";

    internal sealed class Configuration : IEntityTypeConfiguration<ModelVersion>
    {
        public void Configure(EntityTypeBuilder<ModelVersion> builder)
        {
            builder.ToTable("ModelVersions").Ignore(version => version.ServedName);
            builder.HasOne<Project>().WithMany().HasForeignKey(version => version.ProjectId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<Run>().WithMany().HasForeignKey(version => version.RunId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<Snapshot>().WithMany().HasForeignKey(version => version.SnapshotId).OnDelete(DeleteBehavior.Restrict);
            builder.HasOne<ModelVersion>().WithMany().HasForeignKey(version => version.ParentId).OnDelete(DeleteBehavior.Restrict);
            builder.HasIndex(version => new { version.ProjectId, version.Name }).IsUnique();
            builder.HasIndex(version => version.RunId).IsUnique();   // a run leaves one model, however often its end is read
            builder.Property(version => version.Name).HasMaxLength(120);
            builder.Property(version => version.Kind).HasMaxLength(40);
            builder.Property(version => version.BaseModel).HasMaxLength(200);
            builder.Property(version => version.Method).HasMaxLength(60);
            builder.Property(version => version.Metrics).HasJsonText();
        }
    }
}

/// <summary>What a version does.</summary>
public enum VersionRole
{
    /// <summary>It writes text.</summary>
    Policy,

    /// <summary>It scores replies.</summary>
    Reward,

    /// <summary>It tells classes.</summary>
    Classifier,
}

/// <summary>Whether a version is used.</summary>
public enum VersionState
{
    /// <summary>It may be.</summary>
    Candidate,

    /// <summary>The project's replies come from it, or its rounds are scored by it. At most one of a role is.</summary>
    InUse,

    /// <summary>It was, or will not be.</summary>
    Retired,
}
