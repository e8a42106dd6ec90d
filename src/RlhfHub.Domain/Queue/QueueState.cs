using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Queue;

/// <summary>The last position that was given to a task of a project.</summary>
public sealed class QueuePosition
{
    /// <summary>The project.</summary>
    public Guid ProjectId { get; init; }

    /// <summary>The last position.</summary>
    public long Last { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<QueuePosition>
    {
        public void Configure(EntityTypeBuilder<QueuePosition> builder)
        {
            builder.ToTable("QueuePositions").HasKey(position => position.ProjectId);
            builder.HasOne<Project>().WithMany().HasForeignKey(position => position.ProjectId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}

/// <summary>The half of a block of two that a rater still has to get: the order that the comparison before did not have.</summary>
public sealed class OrderBalance
{
    /// <summary>The project.</summary>
    public Guid ProjectId { get; init; }

    /// <summary>The rater.</summary>
    public Guid RaterId { get; init; }

    /// <summary>The group of comparisons, <see cref="Labeling.LabelingTask.OrderGroup"/>.</summary>
    public Guid OrderGroup { get; init; }

    /// <summary>The order that comes next; empty when a new block begins.</summary>
    public string NextOrder { get; set; } = "";

    internal sealed class Configuration : IEntityTypeConfiguration<OrderBalance>
    {
        public void Configure(EntityTypeBuilder<OrderBalance> builder)
        {
            builder.ToTable("OrderBalances").HasKey(balance => new { balance.ProjectId, balance.RaterId, balance.OrderGroup });
            builder.HasOne<Project>().WithMany().HasForeignKey(balance => balance.ProjectId).OnDelete(DeleteBehavior.Cascade);
            builder.Property(balance => balance.NextOrder).HasMaxLength(2);
        }
    }
}
