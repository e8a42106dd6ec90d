using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Models;

/// <summary>An order for replies by a model to many prompts, and how far it is.</summary>
public sealed class CandidateJob
{
    /// <summary>The id.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The project.</summary>
    public Guid ProjectId { get; init; }

    /// <summary>Which prompts and how; as it was asked for.</summary>
    public required CandidateOrder Order { get; init; }

    /// <summary>The model, as the project had it then.</summary>
    public required ModelAddress Model { get; init; }

    /// <summary>Where it stands.</summary>
    public CandidateState State { get; set; }

    /// <summary>How many prompts it is about.</summary>
    public int Prompts { get; init; }

    /// <summary>How many of them are done.</summary>
    public int PromptsDone { get; set; }

    /// <summary>The last prompt that is done; prompts come in the order of their ids.</summary>
    public Guid? LastPromptId { get; set; }

    /// <summary>Replies written.</summary>
    public int Written { get; set; }

    /// <summary>Those of them that tell their writer.</summary>
    public int Flagged { get; set; }

    /// <summary>Replies that the model did not give: the prompt is too long for it, or nothing came.</summary>
    public int Missing { get; set; }

    /// <summary>What went wrong last.</summary>
    public string? Note { get; set; }

    /// <summary>Who asked for it.</summary>
    public Guid CreatedById { get; init; }

    /// <summary>When; prompts that came later have no part in it.</summary>
    public DateTime CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<CandidateJob>
    {
        public void Configure(EntityTypeBuilder<CandidateJob> builder)
        {
            builder.ToTable("CandidateJobs");
            builder.HasOne<Project>().WithMany().HasForeignKey(job => job.ProjectId).OnDelete(DeleteBehavior.Cascade);
            builder.HasIndex(job => job.State);   // what waits or was interrupted, at start
            builder.Property(job => job.Order).HasJsonText();
            builder.Property(job => job.Model).HasJsonText();
            builder.Property(job => job.Note).HasMaxLength(2000);
        }
    }
}

/// <summary>Where an order for replies stands.</summary>
public enum CandidateState
{
    /// <summary>It waits, is being worked on, or goes on after an interruption.</summary>
    Queued,

    /// <summary>It is done.</summary>
    Completed,

    /// <summary>An admin ended it; what was written stays.</summary>
    Cancelled,
}
