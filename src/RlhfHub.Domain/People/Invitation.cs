using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.People;

/// <summary>A link that lets one person in, once: into a project with a role, or onto the site.</summary>
public sealed class Invitation
{
    /// <summary>The id, for showing and revoking.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Hash of the secret in the link.</summary>
    public required string TokenHash { get; init; }

    /// <summary>The project; null for the site alone.</summary>
    public Guid? ProjectId { get; init; }

    /// <summary>What the person will be in the project.</summary>
    public ProjectRole Role { get; init; }

    /// <summary>Whether the person will be an admin of the site.</summary>
    public bool MakesSiteAdmin { get; init; }

    /// <summary>The only address it may be taken with; null for any.</summary>
    public string? Email { get; init; }

    /// <summary>Who made it.</summary>
    public Guid InvitedById { get; init; }

    /// <summary>When it was made.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>From when on it is worth nothing.</summary>
    public DateTime ExpiresAt { get; init; }

    /// <summary>When it was taken back.</summary>
    public DateTime? RevokedAt { get; set; }

    /// <summary>When it was taken.</summary>
    public DateTime? AcceptedAt { get; set; }

    /// <summary>Who took it.</summary>
    public Guid? AcceptedById { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<Invitation>
    {
        public void Configure(EntityTypeBuilder<Invitation> builder)
        {
            builder.ToTable("Invitations");
            builder.HasIndex(invitation => invitation.TokenHash).IsUnique();                       // looked up by the link
            builder.HasIndex(invitation => new { invitation.ProjectId, invitation.CreatedAt });    // a project's list
            builder.Property(invitation => invitation.TokenHash).HasMaxLength(SecretToken.HashLength);
            builder.Property(invitation => invitation.Email).HasMaxLength(PersonDetails.MaxEmailLength);
            builder.HasOne<Project>().WithMany().HasForeignKey(invitation => invitation.ProjectId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<Person>().WithMany().HasForeignKey(invitation => invitation.InvitedById).OnDelete(DeleteBehavior.Restrict);
            builder.HasOne<Person>().WithMany().HasForeignKey(invitation => invitation.AcceptedById).OnDelete(DeleteBehavior.Restrict);
        }
    }
}
