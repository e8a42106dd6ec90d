using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.People;

namespace RlhfHub.Domain.Projects;

/// <summary>A person's part in a project.</summary>
public sealed class ProjectMember
{
    /// <summary>The project.</summary>
    public Guid ProjectId { get; init; }

    /// <summary>The person.</summary>
    public Guid PersonId { get; init; }

    /// <summary>What the person may do there.</summary>
    public ProjectRole Role { get; set; }

    /// <summary>Kinds of task that the queue gives this person; empty for all of the project's.</summary>
    public IReadOnlyList<TaskKind> Kinds { get; set; } = [];

    /// <summary>Whether the person is kept out for now; their judgments stay.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Since when.</summary>
    public DateTime JoinedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<ProjectMember>
    {
        public void Configure(EntityTypeBuilder<ProjectMember> builder)
        {
            builder.ToTable("ProjectMembers").HasKey(member => new { member.ProjectId, member.PersonId });
            builder.HasIndex(member => member.PersonId);   // a person's projects, on every home page
            builder.HasOne<Project>().WithMany().HasForeignKey(member => member.ProjectId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<Person>().WithMany().HasForeignKey(member => member.PersonId).OnDelete(DeleteBehavior.Restrict);
            builder.Property(member => member.Kinds).HasJsonText();
        }
    }
}
