using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace RlhfHub.Domain.Audit;

/// <summary>Who did what when. Only ever added; each entry's hash covers the one before, so that a change of any shows.</summary>
public sealed class AuditEntry
{
    /// <summary>1, 2, 3, ... without a gap.</summary>
    public long Number { get; init; }

    /// <summary>When.</summary>
    public DateTime At { get; init; }

    /// <summary>Who; null for the installation itself, or somebody who was not signed in.</summary>
    public Guid? PersonId { get; init; }

    /// <summary>What was done, as in "project.create".</summary>
    public required string Action { get; init; }

    /// <summary>In which project.</summary>
    public Guid? ProjectId { get; init; }

    /// <summary>To what, as an id or name.</summary>
    public required string Subject { get; init; }

    /// <summary>Details as JSON.</summary>
    public required string Details { get; init; }

    /// <summary>SHA-256 of this entry and the hash before, in lower-case hex.</summary>
    public required string Hash { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<AuditEntry>
    {
        public void Configure(EntityTypeBuilder<AuditEntry> builder)
        {
            builder.ToTable("AuditEntries").HasKey(entry => entry.Number);
            builder.Property(entry => entry.Number).ValueGeneratedNever();
            builder.HasIndex(entry => new { entry.ProjectId, entry.Number });   // a project's log, newest first
            builder.HasIndex(entry => new { entry.PersonId, entry.Number });    // a person's
            builder.Property(entry => entry.Action).HasMaxLength(60);
            builder.Property(entry => entry.Subject).HasMaxLength(200);
            builder.Property(entry => entry.Hash).HasMaxLength(64);
        }
    }
}
