using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;

namespace RlhfHub.Domain.Prompts;

/// <summary>A reply to a prompt and where it came from. Its text never changes.</summary>
public sealed class Response
{
    /// <summary>The longest flag, in characters.</summary>
    public const int MaxFlag = 200;

    /// <summary>The id.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The prompt that it answers.</summary>
    public Guid PromptId { get; init; }

    /// <summary>The reply.</summary>
    public required string Text { get; init; }

    /// <summary>What kind of writer it has.</summary>
    public ResponseOrigin Origin { get; init; }

    /// <summary>The person who wrote it; never asked to judge it.</summary>
    public Guid? AuthorId { get; init; }

    /// <summary>The name of the writer who has no account here, as an archive gave it. Unlike <see cref="ImportedName"/> it goes into no data set.</summary>
    public string? ImportedAuthor { get; init; }

    /// <summary>The model version that wrote it.</summary>
    public Guid? ModelVersionId { get; init; }

    /// <summary>What the model that wrote it is called where it runs.</summary>
    public string? ModelName { get; init; }

    /// <summary>The words that tell who wrote it. With them it is kept out of tasks until an admin clears it; null for a reply that may be shown.</summary>
    public string? Flag { get; set; }

    /// <summary>The writer's name as an import gave it, like a model's name.</summary>
    public string? ImportedName { get; init; }

    /// <summary>Whether that is a person's name and not a model's.</summary>
    public bool ImportedIsPerson { get; init; }

    /// <summary>With which sampling settings and seed it was generated, as JSON.</summary>
    public SamplingRecord? Sampling { get; init; }

    /// <summary>When it came here.</summary>
    public DateTime CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<Response>
    {
        public void Configure(EntityTypeBuilder<Response> builder)
        {
            builder.ToTable("Responses");
            builder.HasOne<Prompt>().WithMany().HasForeignKey(response => response.PromptId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<Person>().WithMany().HasForeignKey(response => response.AuthorId).OnDelete(DeleteBehavior.Restrict);
            builder.HasIndex(response => response.ModelVersionId);   // what a version wrote
            builder.HasIndex(response => response.Flag).HasFilter("\"Flag\" IS NOT NULL");   // what waits for an admin
            builder.Property(response => response.ModelName).HasMaxLength(200);
            builder.Property(response => response.Flag).HasMaxLength(MaxFlag);
            builder.Property(response => response.ImportedAuthor).HasMaxLength(200);
            builder.Property(response => response.ImportedName).HasMaxLength(200);
            builder.Property(response => response.Sampling!).HasJsonText();
        }
    }
}

/// <summary>Who writes replies.</summary>
public enum ResponseOrigin
{
    /// <summary>A model version.</summary>
    Model,

    /// <summary>A person, here.</summary>
    Person,

    /// <summary>Somebody elsewhere; it came with an import.</summary>
    Import,
}

/// <summary>How a reply was sampled.</summary>
/// <param name="Temperature">1 leaves the model's distribution as it is.</param>
/// <param name="TopP">The share of probability that was sampled from.</param>
/// <param name="TopK">How many tokens were sampled from; 0 for all.</param>
/// <param name="MaxNewTokens">The longest reply.</param>
/// <param name="Seed">The seed of this reply.</param>
public sealed record SamplingRecord(double Temperature, double TopP, int TopK, int MaxNewTokens, long Seed);
