using System.ComponentModel.DataAnnotations;

namespace RlhfHub.Training.Data.Tokens;

/// <summary>How examples become tokens. Names and defaults are TRL's, https://huggingface.co/docs/trl/sft_trainer.</summary>
public sealed record TokenizationOptions
{
    /// <summary>The most tokens of an example, prompt and reply together; null for no limit. Default 1024.</summary>
    [Range(2, 10_000_000), Display(Name = "Length limit", Description = "The most tokens of an example, prompt and reply together.")]
    public int? MaxLength { get; init; } = 1024;

    /// <summary>The most tokens of a prompt: before a reply it keeps its last ones, a prompt to be answered is refused. Null for no limit, the default.</summary>
    [Range(1, 10_000_000), Display(Name = "Prompt limit", Description = "The most tokens of a prompt; a longer one loses its beginning.")]
    public int? MaxPromptLength { get; init; }

    /// <summary>What happens to examples beyond <see cref="MaxLength"/>. Default: they keep their start.</summary>
    [Display(Name = "Truncation", Description = "What happens to an example that is too long.")]
    public TruncationMode TruncationMode { get; init; }

    /// <summary>Whether only completions are learned, not their prompts; null (the default) means yes where there are prompts.</summary>
    [Display(Name = "Completions only", Description = "Learn completions, not their prompts.")]
    public bool? CompletionOnlyLoss { get; init; }

    /// <summary>Whether only the assistant's turns of a conversation are learned; the chat template must mark them. Default false.</summary>
    [Display(Name = "Assistant's turns only", Description = "Learn only what the assistant says; the model's chat template must mark it.")]
    public bool AssistantOnlyLoss { get; init; }
}

/// <summary>What happens to an example that is too long.</summary>
public enum TruncationMode
{
    /// <summary>Its last tokens go.</summary>
    KeepStart,

    /// <summary>Its first tokens go.</summary>
    KeepEnd,

    /// <summary>It is left out whole, as TRL's reward trainer does.</summary>
    Drop,
}
