using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Labeling;

/// <summary>A task on one rater's desk. A rater has at most one for each task, so that nobody is ever asked the same twice.</summary>
public sealed class Assignment
{
    /// <summary>The id.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The project.</summary>
    public Guid ProjectId { get; init; }

    /// <summary>The task.</summary>
    public Guid TaskId { get; init; }

    /// <summary>The rater; null for somebody who has no account here.</summary>
    public Guid? RaterId { get; init; }

    /// <summary>The name of the rater who has no account here, as an archive gave it.</summary>
    public string? ImportedRater { get; init; }

    /// <summary>Where it stands.</summary>
    public AssignmentState State { get; set; }

    /// <summary>When the rater got it first.</summary>
    public DateTime HandedOutAt { get; init; }

    /// <summary>Until when it is kept for the rater.</summary>
    public DateTime LeaseExpiresAt { get; set; }

    /// <summary>The places of the replies in the order in which they are shown, one digit each: "10" shows reply 1 on the left.</summary>
    public string DisplayOrder { get; init; } = "";

    /// <summary>Why the rater skipped it, or why a reviewer sent it back.</summary>
    public string? Reason { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<Assignment>
    {
        public void Configure(EntityTypeBuilder<Assignment> builder)
        {
            builder.ToTable("Assignments");
            builder.HasOne<Project>().WithMany().HasForeignKey(assignment => assignment.ProjectId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<LabelingTask>().WithMany().HasForeignKey(assignment => assignment.TaskId).OnDelete(DeleteBehavior.Restrict);
            builder.HasOne<Person>().WithMany().HasForeignKey(assignment => assignment.RaterId).OnDelete(DeleteBehavior.Restrict);
            builder.HasIndex(assignment => new { assignment.TaskId, assignment.RaterId }).IsUnique();                          // never the same task twice
            builder.HasIndex(assignment => new { assignment.RaterId, assignment.ProjectId, assignment.State });               // the rater's desk
            builder.HasIndex(assignment => new { assignment.State, assignment.LeaseExpiresAt });                              // leases that have run out
            builder.Property(assignment => assignment.ImportedRater).HasMaxLength(200);
            builder.Property(assignment => assignment.DisplayOrder).HasMaxLength(LabelingTask.MaxResponses);
            builder.Property(assignment => assignment.Reason).HasMaxLength(2000);
        }
    }
}

/// <summary>Where an assignment stands.</summary>
public enum AssignmentState
{
    /// <summary>On the rater's desk, until the lease runs out.</summary>
    Leased,

    /// <summary>Answered.</summary>
    Submitted,

    /// <summary>The rater passed it on and is not asked again.</summary>
    Skipped,

    /// <summary>The lease ran out; the rater may get it again.</summary>
    Expired,

    /// <summary>The rater gave it back unseen and may get it again.</summary>
    HandedBack,

    /// <summary>A reviewer sent the answer back; the rater gets it again before other tasks.</summary>
    Returned,

    /// <summary>The rater withdrew the answer and is not asked again.</summary>
    Withdrawn,
}
