using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;

namespace RlhfHub.Domain.Projects;

/// <summary>One undertaking: prompts, the people who label them, how they are asked, and the models that come of it.</summary>
public sealed class Project
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxNameLength = 120;

    /// <summary>The id.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The name; two projects may share one.</summary>
    public required string Name { get; set; }

    /// <summary>One or two sentences for those who look for the project.</summary>
    public string Description { get; set; } = "";

    /// <summary>How raters are asked.</summary>
    public required ProjectSettings Settings { get; set; }

    /// <summary>The number of the guidelines in force; 0 before any were written.</summary>
    public int GuidelinesVersion { get; set; }

    /// <summary>Whether the project is closed: everything can be read, nothing labeled.</summary>
    public bool IsArchived { get; set; }

    /// <summary>Whether an archive is still being read into it. Nobody sees such a project, and one that an interruption left behind is removed at the next start.</summary>
    public bool IsIncomplete { get; set; }

    /// <summary>When it was made.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>The project that this one is a copy of.</summary>
    public Guid? ClonedFromId { get; init; }

    /// <summary>Changes with every edit; who edits says which version they saw.</summary>
    public Guid Version { get; set; } = Guid.CreateVersion7();

    internal sealed class Configuration : IEntityTypeConfiguration<Project>
    {
        public void Configure(EntityTypeBuilder<Project> builder)
        {
            builder.ToTable("Projects");
            builder.HasQueryFilter(project => !project.IsIncomplete);
            builder.Property(project => project.Name).HasMaxLength(MaxNameLength);
            builder.Property(project => project.Settings).HasJsonText();
            builder.Property(project => project.Version).IsConcurrencyToken();
        }
    }
}

/// <summary>One version of a project's guidelines. Never changed: each judgment says under which one it was made.</summary>
public sealed class Guidelines
{
    /// <summary>The project.</summary>
    public Guid ProjectId { get; init; }

    /// <summary>1, 2, 3, ...</summary>
    public int Number { get; init; }

    /// <summary>What raters are told, in Markdown.</summary>
    public required string Markdown { get; init; }

    /// <summary>Who wrote it; null for somebody who has no account here.</summary>
    public Guid? AuthorId { get; init; }

    /// <summary>The name of the writer who has no account here, as an archive gave it.</summary>
    public string? ImportedAuthor { get; init; }

    /// <summary>When.</summary>
    public DateTime CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<Guidelines>
    {
        public void Configure(EntityTypeBuilder<Guidelines> builder)
        {
            builder.ToTable("Guidelines").HasKey(guidelines => new { guidelines.ProjectId, guidelines.Number });
            builder.HasOne<Project>().WithMany().HasForeignKey(guidelines => guidelines.ProjectId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<Person>().WithMany().HasForeignKey(guidelines => guidelines.AuthorId).OnDelete(DeleteBehavior.Restrict);
            builder.Property(guidelines => guidelines.ImportedAuthor).HasMaxLength(200);
        }
    }
}
