using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace RlhfHub.Domain.Labeling;

/// <summary>An answer that is not finished, one for each device that the rater uses: the newest is shown, the others are kept.</summary>
public sealed class Draft
{
    /// <summary>The most that a draft may hold, in bytes of its JSON.</summary>
    public const int MaxBytes = 2_000_000;

    /// <summary>The assignment.</summary>
    public Guid AssignmentId { get; init; }

    /// <summary>The device, as its browser calls itself.</summary>
    public required string Device { get; init; }

    /// <summary>The unfinished answer, as the page's JSON.</summary>
    public required string Content { get; set; }

    /// <summary>Grows with each save of a device, so that a late message never replaces a later text.</summary>
    public long Sequence { get; set; }

    /// <summary>When it was saved.</summary>
    public DateTime SavedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<Draft>
    {
        public void Configure(EntityTypeBuilder<Draft> builder)
        {
            builder.ToTable("Drafts").HasKey(draft => new { draft.AssignmentId, draft.Device });
            builder.HasOne<Assignment>().WithMany().HasForeignKey(draft => draft.AssignmentId).OnDelete(DeleteBehavior.Cascade);
            builder.Property(draft => draft.Device).HasMaxLength(64);
        }
    }
}
