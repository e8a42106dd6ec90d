using System.ComponentModel.DataAnnotations;

namespace RlhfHub.Domain.Prompts;

/// <summary>A prompt as somebody writes it here.</summary>
public sealed record PromptDraft
{
    /// <summary>The conversation; the last message is the one to be answered.</summary>
    [Required, MinLength(1), MaxLength(1000)]
    public required IReadOnlyList<Message> Messages { get; init; }

    /// <summary>Words to find it by.</summary>
    [MaxLength(50)]
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Where it comes from.</summary>
    [StringLength(200)]
    public string Source { get; init; } = "";

    /// <summary>The language as a BCP 47 tag.</summary>
    [StringLength(35)]
    public string? Language { get; init; }

    /// <summary>Tasks on it are handed out in descending order of this.</summary>
    [Range(-1000, 1000)]
    public int Priority { get; init; }

    /// <summary>Replies to it that exist already.</summary>
    [MaxLength(50)]
    public IReadOnlyList<string> Responses { get; init; } = [];
}

/// <summary>What became of a prompt that was written.</summary>
/// <param name="PromptId">The prompt; the one that was there already if the same text was.</param>
/// <param name="IsNew">Whether it was added.</param>
/// <param name="NearDuplicateOf">A prompt that is nearly the same; null when there is none.</param>
public sealed record AddedPrompt(Guid PromptId, bool IsNew, Guid? NearDuplicateOf);

/// <summary>Which prompts are asked for.</summary>
public sealed record PromptFilter
{
    /// <summary>Only of this split.</summary>
    [EnumDataType(typeof(Split))]
    public Split? Split { get; init; }

    /// <summary>Only with this tag.</summary>
    [StringLength(100)]
    public string? Tag { get; init; }

    /// <summary>Only from this source.</summary>
    [StringLength(200)]
    public string? Source { get; init; }

    /// <summary>Only with these words in the conversation, the newest 10,000 of them.</summary>
    [StringLength(200)]
    public string? Search { get; init; }

    /// <summary>Whether archived ones are asked for, instead of the others.</summary>
    public bool IsArchived { get; init; }
}

/// <summary>A prompt.</summary>
/// <param name="Id">The prompt.</param>
/// <param name="Messages">The conversation.</param>
/// <param name="Source">Where it came from.</param>
/// <param name="Split">Its part of the data.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Language">Its language.</param>
/// <param name="Priority">Its priority.</param>
/// <param name="Responses">How many replies it has.</param>
/// <param name="CreatedAt">When it came, in UTC.</param>
/// <param name="Version">To be given back with a change.</param>
public sealed record PromptSummary(
    Guid Id, IReadOnlyList<Message> Messages, string Source, Split Split, IReadOnlyList<string> Tags, string? Language, int Priority, int Responses, DateTime CreatedAt, Guid Version);

/// <summary>A reply to a prompt, with its writer for those who may know.</summary>
/// <param name="Id">The reply.</param>
/// <param name="Text">The text.</param>
/// <param name="Origin">What kind of writer it has.</param>
/// <param name="ImportedName">The writer's name in the import.</param>
/// <param name="AuthorId">The person who wrote it.</param>
/// <param name="CreatedAt">When, in UTC.</param>
/// <param name="ModelName">The model that wrote it.</param>
/// <param name="Flag">Why it is kept out of tasks; null when it is not.</param>
public sealed record ResponseDetails(Guid Id, string Text, ResponseOrigin? Origin, string? ImportedName, Guid? AuthorId, DateTime CreatedAt, string? ModelName = null, string? Flag = null);

/// <summary>What can be changed of a prompt; its text cannot.</summary>
public sealed record PromptChange
{
    /// <summary>New tags.</summary>
    [Required, MaxLength(50)]
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>New priority; that of its open tasks changes with it.</summary>
    [Range(-1000, 1000)]
    public required int Priority { get; init; }

    /// <summary>Whether it is out of use.</summary>
    public required bool IsArchived { get; init; }
}

/// <summary>What many prompts get at once.</summary>
public sealed record PromptBulkChange
{
    /// <summary>The prompts; null for all that <see cref="Filter"/> lets through.</summary>
    [MaxLength(10_000)]
    public IReadOnlyList<Guid>? PromptIds { get; init; }

    /// <summary>Which prompts, when none are named.</summary>
    [Required]
    public PromptFilter Filter { get; init; } = new();

    /// <summary>Tags that they get, beside those that they have.</summary>
    [Required, MaxLength(50)]
    public IReadOnlyList<string> AddTags { get; init; } = [];

    /// <summary>Tags that they lose.</summary>
    [Required, MaxLength(50)]
    public IReadOnlyList<string> RemoveTags { get; init; } = [];

    /// <summary>New priority; null leaves it.</summary>
    [Range(-1000, 1000)]
    public int? Priority { get; init; }

    /// <summary>Whether they are out of use; null leaves it.</summary>
    public bool? IsArchived { get; init; }
}

/// <summary>What became of many prompts.</summary>
/// <param name="Changed">Prompts that are different now.</param>
/// <param name="Unchanged">Prompts that were so before.</param>
public sealed record PromptBulkResult(int Changed, int Unchanged);
