using System.ComponentModel.DataAnnotations;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Models;

/// <summary>Which model a project uses.</summary>
public sealed record ModelChoice
{
    /// <summary>Where it runs.</summary>
    [EnumDataType(typeof(ModelSource))]
    public required ModelSource Source { get; init; }

    /// <summary>What it is called there.</summary>
    [Required, StringLength(200, MinimumLength = 1)]
    public required string Name { get; init; }

    /// <summary>The address of an outside endpoint, such as https://api.example.org/v1.</summary>
    [StringLength(500)]
    public string? Endpoint { get; init; }

    /// <summary>The endpoint's key; null keeps the one that is stored as long as the address stays the same, an empty text removes it.</summary>
    [StringLength(2000)]
    public string? Key { get; init; }
}

/// <summary>A project's model.</summary>
/// <param name="Source">Where it runs.</param>
/// <param name="Name">What it is called there.</param>
/// <param name="Endpoint">The address of an outside endpoint.</param>
/// <param name="HasKey">Whether a key is stored for it.</param>
/// <param name="Installed">The models of the site's own server.</param>
/// <param name="VersionName">What people call it, where it is a version of the project; null where it is none.</param>
public sealed record ModelDetails(ModelSource Source, string Name, string? Endpoint, bool HasKey, IReadOnlyList<string> Installed, string? VersionName = null);

/// <summary>A question to try a model with.</summary>
public sealed record ModelTrial
{
    /// <summary>What is asked.</summary>
    [Required, StringLength(10_000, MinimumLength = 1)]
    public required string Prompt { get; init; }
}

/// <summary>What a model said.</summary>
/// <param name="Reply">The reply.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record TrialReply(string Reply, double Seconds);

/// <summary>A reply that was kept out of tasks.</summary>
/// <param name="Id">The reply.</param>
/// <param name="PromptId">The prompt.</param>
/// <param name="Messages">The prompt's conversation.</param>
/// <param name="Text">The reply's text.</param>
/// <param name="ModelName">The model that wrote it.</param>
/// <param name="Flag">Why it was kept out.</param>
public sealed record FlaggedReply(Guid Id, Guid PromptId, IReadOnlyList<Message> Messages, string Text, string? ModelName, string Flag);
