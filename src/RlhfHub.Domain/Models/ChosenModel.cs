using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Models;

/// <summary>The model that a project's replies come from. A project without one uses its base model on the site's own server.</summary>
public sealed class ChosenModel
{
    /// <summary>The project.</summary>
    public Guid ProjectId { get; init; }

    /// <summary>Where it runs.</summary>
    public ModelSource Source { get; set; }

    /// <summary>What it is called there.</summary>
    public required string Name { get; set; }

    /// <summary>The address of an outside endpoint; null for the site's own server.</summary>
    public string? Endpoint { get; set; }

    /// <summary>The endpoint's key, sealed; null where it asks for none. Never shown again.</summary>
    public string? SealedKey { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<ChosenModel>
    {
        public void Configure(EntityTypeBuilder<ChosenModel> builder)
        {
            builder.ToTable("ChosenModels").HasKey(model => model.ProjectId);
            builder.HasOne<Project>().WithOne().HasForeignKey<ChosenModel>(model => model.ProjectId).OnDelete(DeleteBehavior.Cascade);
            builder.Property(model => model.Name).HasMaxLength(200);
            builder.Property(model => model.Endpoint).HasMaxLength(500);
        }
    }
}

/// <summary>Where a model runs.</summary>
public enum ModelSource
{
    /// <summary>On the site's own model server.</summary>
    Own,

    /// <summary>At an address that answers as OpenAI's does.</summary>
    Endpoint,
}
