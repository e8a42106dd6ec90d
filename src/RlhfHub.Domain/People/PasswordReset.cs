using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace RlhfHub.Domain.People;

/// <summary>A link with which a person chooses a new password, once. An admin hands it over: there is no mail server.</summary>
public sealed class PasswordReset
{
    /// <summary>Whose password; a new link replaces the one before.</summary>
    public Guid PersonId { get; init; }

    /// <summary>Hash of the secret in the link.</summary>
    public required string TokenHash { get; init; }

    /// <summary>From when on it is worth nothing.</summary>
    public DateTime ExpiresAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<PasswordReset>
    {
        public void Configure(EntityTypeBuilder<PasswordReset> builder)
        {
            builder.ToTable("PasswordResets").HasKey(reset => reset.PersonId);
            builder.HasIndex(reset => reset.TokenHash).IsUnique();   // looked up by the link
            builder.Property(reset => reset.TokenHash).HasMaxLength(SecretToken.HashLength);
            builder.HasOne<Person>().WithOne().HasForeignKey<PasswordReset>(reset => reset.PersonId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
