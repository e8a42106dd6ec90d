using System.ComponentModel.DataAnnotations;

namespace RlhfHub.Domain.Projects;

/// <summary>What a project is made or changed to.</summary>
public sealed record ProjectDraft
{
    /// <summary>The name.</summary>
    [Required, StringLength(Project.MaxNameLength, MinimumLength = 1), Display(Name = "Name")]
    public required string Name { get; init; }

    /// <summary>One or two sentences.</summary>
    [StringLength(2000), Display(Name = "Description")]
    public string Description { get; init; } = "";

    /// <summary>How raters are asked.</summary>
    [Required]
    public ProjectSettings Settings { get; init; } = new();
}

/// <summary>A project in a list.</summary>
/// <param name="Id">The project.</param>
/// <param name="Name">Its name.</param>
/// <param name="Description">Its description.</param>
/// <param name="Role">What the person who asks may do in it.</param>
/// <param name="IsArchived">Whether it is closed.</param>
/// <param name="CreatedAt">When it was made, in UTC.</param>
public sealed record ProjectSummary(Guid Id, string Name, string Description, ProjectRole Role, bool IsArchived, DateTime CreatedAt);

/// <summary>A project.</summary>
/// <param name="Id">The project.</param>
/// <param name="Name">Its name.</param>
/// <param name="Description">Its description.</param>
/// <param name="Role">What the person who asks may do in it.</param>
/// <param name="Settings">How raters are asked.</param>
/// <param name="GuidelinesVersion">The guidelines in force; 0 for none.</param>
/// <param name="IsArchived">Whether it is closed.</param>
/// <param name="CreatedAt">When it was made, in UTC.</param>
/// <param name="Version">To be given back with a change.</param>
public sealed record ProjectDetails(
    Guid Id, string Name, string Description, ProjectRole Role, ProjectSettings Settings, int GuidelinesVersion, bool IsArchived, DateTime CreatedAt, Guid Version);

/// <summary>A version of a project's guidelines.</summary>
/// <param name="Number">1, 2, 3, ...</param>
/// <param name="Markdown">The text.</param>
/// <param name="CreatedAt">When it was written, in UTC.</param>
public sealed record GuidelinesText(int Number, string Markdown, DateTime CreatedAt);
