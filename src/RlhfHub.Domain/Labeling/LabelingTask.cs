using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Labeling;

/// <summary>
/// One question about one prompt. The counts are kept by the queue inside its write transactions; <see cref="IsOpen"/> always equals
/// "not withdrawn, and gold or <see cref="CountedJudgments"/> + <see cref="LiveLeases"/> below <see cref="RequiredJudgments"/>".
/// </summary>
public sealed class LabelingTask
{
    /// <summary>The most replies that one task shows.</summary>
    public const int MaxResponses = 9;

    /// <summary>The id.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The project.</summary>
    public Guid ProjectId { get; init; }

    /// <summary>The prompt.</summary>
    public Guid PromptId { get; init; }

    /// <summary>What is asked.</summary>
    public TaskKind Kind { get; init; }

    /// <summary>What it is for.</summary>
    public TaskPurpose Purpose { get; init; }

    /// <summary>How many counted judgments it asks for (k); 0 for gold, which has none.</summary>
    public int RequiredJudgments { get; set; }

    /// <summary>How many it has.</summary>
    public int CountedJudgments { get; set; }

    /// <summary>How many raters have it on their desk.</summary>
    public int LiveLeases { get; set; }

    /// <summary>Whether it may be handed out.</summary>
    public bool IsOpen { get; set; } = true;

    /// <summary>Whether an admin has taken it out of the queue.</summary>
    public bool IsWithdrawn { get; set; }

    /// <summary>Higher comes first.</summary>
    public int Priority { get; set; }

    /// <summary>The place in the line of its priority. Given anew whenever a place in the task becomes free again, see <c>NextTask</c>.</summary>
    public long Position { get; set; }

    /// <summary>Left and right are balanced within this group: one value for ordinary comparisons, the id of a <see cref="Models.HeadToHead"/> for its own.</summary>
    public Guid OrderGroup { get; init; }

    /// <summary>The known answer of a gold task.</summary>
    public Answer? ExpectedAnswer { get; set; }

    /// <summary>When it was made.</summary>
    public DateTime CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<LabelingTask>
    {
        public void Configure(EntityTypeBuilder<LabelingTask> builder)
        {
            builder.ToTable("Tasks");
            builder.HasOne<Project>().WithMany().HasForeignKey(task => task.ProjectId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<Prompt>().WithMany().HasForeignKey(task => task.PromptId).OnDelete(DeleteBehavior.Restrict);
            // The queue's walk: one lane a purpose and kind, by priority and position.
            builder.HasIndex(task => new { task.ProjectId, task.IsOpen, task.Purpose, task.Kind, task.Priority, task.Position });
            builder.HasIndex(task => task.OrderGroup);   // what people said of two models
            builder.Property(task => task.ExpectedAnswer!).HasJsonText();
        }
    }
}

/// <summary>A reply that a task shows.</summary>
public sealed class TaskResponse
{
    /// <summary>The task.</summary>
    public Guid TaskId { get; init; }

    /// <summary>The reply's place in the task: 0, 1, ... Answers name replies by it.</summary>
    public int Place { get; init; }

    /// <summary>The reply.</summary>
    public Guid ResponseId { get; init; }

    /// <summary>The person who wrote it, who is never asked to judge it; repeated here because the queue asks for each hand-out.</summary>
    public Guid? AuthorId { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<TaskResponse>
    {
        public void Configure(EntityTypeBuilder<TaskResponse> builder)
        {
            builder.ToTable("TaskResponses").HasKey(response => new { response.TaskId, response.Place });
            builder.HasOne<LabelingTask>().WithMany().HasForeignKey(response => response.TaskId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<Response>().WithMany().HasForeignKey(response => response.ResponseId).OnDelete(DeleteBehavior.Restrict);
            builder.HasOne<Person>().WithMany().HasForeignKey(response => response.AuthorId).OnDelete(DeleteBehavior.Restrict);
        }
    }
}
