using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.Labeling;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;
using RlhfHub.Domain.Rounds;

namespace RlhfHub.Domain.Models;

/// <summary>
/// Two models against each other, blind: both answer the same prompts, each pair becomes a comparison whose place 0 is the first model's reply, and people say which is better. Its tasks bear its id as their
/// <see cref="LabelingTask.OrderGroup"/>, so that left and right are balanced within it.
/// </summary>
public sealed class HeadToHead
{
    /// <summary>The id.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The project.</summary>
    public Guid ProjectId { get; init; }

    /// <summary>The model whose wins are counted.</summary>
    public required ModelAddress First { get; init; }

    /// <summary>Its version; null for one that is none, such as a checkpoint.</summary>
    public Guid? FirstVersionId { get; init; }

    /// <summary>The model that it is against.</summary>
    public required ModelAddress Second { get; init; }

    /// <summary>Its version; null for one that is none, such as a base model.</summary>
    public Guid? SecondVersionId { get; init; }

    /// <summary>Which prompts, and how.</summary>
    public required HeadToHeadOrder Order { get; init; }

    /// <summary>The run that asked for it; null for a person.</summary>
    public Guid? RunId { get; init; }

    /// <summary>The step of the run's checkpoint that is the first model.</summary>
    public long? Step { get; init; }

    /// <summary>Where the writing stands.</summary>
    public CandidateState State { get; set; }

    /// <summary>Prompts that are done.</summary>
    public int PromptsDone { get; set; }

    /// <summary>Tasks that were made of them.</summary>
    public int Tasks { get; set; }

    /// <summary>What went wrong last.</summary>
    public string? Note { get; set; }

    /// <summary>Who asked for it.</summary>
    public Guid CreatedById { get; init; }

    /// <summary>When.</summary>
    public DateTime CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<HeadToHead>
    {
        public void Configure(EntityTypeBuilder<HeadToHead> builder)
        {
            builder.ToTable("HeadToHeads");
            builder.HasOne<Project>().WithMany().HasForeignKey(entry => entry.ProjectId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<Run>().WithMany().HasForeignKey(entry => entry.RunId).OnDelete(DeleteBehavior.SetNull);
            builder.HasOne<ModelVersion>().WithMany().HasForeignKey(entry => entry.FirstVersionId).OnDelete(DeleteBehavior.SetNull);
            builder.HasOne<ModelVersion>().WithMany().HasForeignKey(entry => entry.SecondVersionId).OnDelete(DeleteBehavior.SetNull);
            builder.HasIndex(entry => entry.State);   // what waits or was interrupted, at start
            builder.HasIndex(entry => new { entry.RunId, entry.Step }).IsUnique();   // a checkpoint asks once, however often its event is read
            builder.Property(entry => entry.First).HasJsonText();
            builder.Property(entry => entry.Second).HasJsonText();
            builder.Property(entry => entry.Order).HasJsonText();
            builder.Property(entry => entry.Note).HasMaxLength(2000);
        }
    }
}

/// <summary>Which prompts two models answer, and how.</summary>
public sealed record HeadToHeadOrder
{
    /// <summary>The split that prompts are drawn from.</summary>
    [EnumDataType(typeof(Split))]
    public Split Split { get; init; } = Split.Validation;

    /// <summary>How many prompts, drawn at random.</summary>
    [Range(1, 10_000), Display(Name = "Prompts", Description = "Drawn at random; each becomes one comparison.")]
    public int Prompts { get; init; } = 50;

    /// <summary>What the comparisons are for: models learn from training ones, and are only measured by evaluation ones.</summary>
    [AllowedValues(TaskPurpose.Evaluation, TaskPurpose.Training)]
    public TaskPurpose Purpose { get; init; } = TaskPurpose.Evaluation;

    /// <summary>How many judgments each comparison asks for; null for the project's overlap.</summary>
    [Range(1, 100), Display(Name = "Judgments each", Description = "How many people judge each comparison; empty for the project's overlap.")]
    public int? RequiredJudgments { get; init; }

    /// <summary>Higher comes first.</summary>
    [Range(-1000, 1000)]
    public int Priority { get; init; }

    /// <summary>1 leaves the models' distributions as they are.</summary>
    [Range(0, 2), Display(Name = "Temperature", Description = "0 always takes the likeliest token; 1 leaves the distribution as it is.")]
    public double Temperature { get; init; } = 0.7;

    /// <summary>The longest reply, in tokens.</summary>
    [Range(1, 32_768), Display(Name = "Longest reply", Description = "In tokens.")]
    public int MaxNewTokens { get; init; } = 128;

    /// <summary>Which prompts are drawn, and what is sampled, follow from it.</summary>
    [Range(0, int.MaxValue), Display(Name = "Seed")]
    public int Seed { get; init; } = 1;
}
