using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Prompts;

/// <summary>A conversation that waits for a reply. Its messages never change: judgments, splits and models stand on them.</summary>
public sealed class Prompt
{
    /// <summary>The id.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The project.</summary>
    public Guid ProjectId { get; init; }

    /// <summary>The conversation, oldest first; the last message is the one to be answered.</summary>
    public required IReadOnlyList<Message> Messages { get; init; }

    /// <summary>Where it came from: the import's name, or what the author said.</summary>
    public string Source { get; init; } = "";

    /// <summary>The id that the source gave it.</summary>
    public string? SourceId { get; init; }

    /// <summary>Which part of the data it belongs to, for good.</summary>
    public Split Split { get; init; }

    /// <summary>Words to find it by.</summary>
    public IReadOnlyList<string> Tags { get; set; } = [];

    /// <summary>The language as a BCP 47 tag; null when unknown.</summary>
    public string? Language { get; init; }

    /// <summary>Tasks on it are handed out in descending order of this.</summary>
    public int Priority { get; set; }

    /// <summary>Who wrote it here; null for imports.</summary>
    public Guid? AuthorId { get; init; }

    /// <summary>The name of the writer who has no account here, as an archive gave it.</summary>
    public string? ImportedAuthor { get; init; }

    /// <summary>The import that brought it.</summary>
    public Guid? ImportId { get; init; }

    /// <summary>SHA-256 of the conversation as <see cref="PromptText.Hash"/> makes it; one prompt a project and text.</summary>
    public required string ContentHash { get; init; }

    /// <summary>A 64-bit fingerprint; texts that differ little differ in few of its bits. See <see cref="SimilarityHash"/>.</summary>
    public long Fingerprint { get; init; }

    /// <summary>Fields that the source had and the platform has no place for, as a JSON object.</summary>
    public string? Extra { get; init; }

    /// <summary>When it came here.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>Whether it is out of use: no new tasks are made from it.</summary>
    public bool IsArchived { get; set; }

    /// <summary>Changes with every edit.</summary>
    public Guid Version { get; set; } = Guid.CreateVersion7();

    internal sealed class Configuration : IEntityTypeConfiguration<Prompt>
    {
        public void Configure(EntityTypeBuilder<Prompt> builder)
        {
            builder.ToTable("Prompts");
            builder.HasOne<Project>().WithMany().HasForeignKey(prompt => prompt.ProjectId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<Person>().WithMany().HasForeignKey(prompt => prompt.AuthorId).OnDelete(DeleteBehavior.Restrict);
            builder.HasIndex(prompt => new { prompt.ProjectId, prompt.ContentHash }).IsUnique();   // no text twice; an import asks for each of its rows
            builder.HasIndex(prompt => prompt.ImportId);                                           // what an import brought, to take it back
            builder.Property(prompt => prompt.Messages).HasJsonText();
            builder.Property(prompt => prompt.Tags).HasJsonText();
            builder.Property(prompt => prompt.Source).HasMaxLength(200);
            builder.Property(prompt => prompt.SourceId).HasMaxLength(200);
            builder.Property(prompt => prompt.ImportedAuthor).HasMaxLength(200);
            builder.Property(prompt => prompt.Language).HasMaxLength(35);
            builder.Property(prompt => prompt.ContentHash).HasMaxLength(64);
            builder.Property(prompt => prompt.Version).IsConcurrencyToken();
        }
    }
}

/// <summary>The part of the data that a prompt belongs to.</summary>
public enum Split
{
    /// <summary>Models learn from it.</summary>
    Train,

    /// <summary>Settings are chosen by it.</summary>
    Validation,

    /// <summary>Results are reported on it.</summary>
    Test,
}
