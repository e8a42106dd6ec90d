using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace RlhfHub.Domain.People;

/// <summary>A secret with which a program acts for a person.</summary>
public sealed class PersonalToken
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxNameLength = 60;

    /// <summary>What every token begins with, so that secret scanners know it.</summary>
    public const string Prefix = "rlhf_";

    /// <summary>The id, for showing and revoking.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Whose it is.</summary>
    public Guid PersonId { get; init; }

    /// <summary>What the person calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Hash of the secret.</summary>
    public required string TokenHash { get; init; }

    /// <summary>What it may be used for.</summary>
    public ActorScope Scope { get; init; }

    /// <summary>When it was made.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>From when on it is worth nothing.</summary>
    public DateTime ExpiresAt { get; init; }

    /// <summary>When it was last used, to the minute.</summary>
    public DateTime? LastUsedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<PersonalToken>
    {
        public void Configure(EntityTypeBuilder<PersonalToken> builder)
        {
            builder.ToTable("PersonalTokens");
            builder.HasIndex(token => token.TokenHash).IsUnique();   // looked up at every request
            builder.HasIndex(token => token.PersonId);               // a person's list
            builder.Property(token => token.Name).HasMaxLength(MaxNameLength);
            builder.Property(token => token.TokenHash).HasMaxLength(SecretToken.HashLength);
            builder.HasOne<Person>().WithMany().HasForeignKey(token => token.PersonId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
