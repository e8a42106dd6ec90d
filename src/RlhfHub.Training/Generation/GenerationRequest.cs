namespace RlhfHub.Training.Generation;

/// <summary>One text to write.</summary>
public sealed class GenerationRequest
{
    /// <summary>The prompt's token ids, at least one, with whatever special tokens it needs. Requests that share one list and join together have it read once.</summary>
    public required IReadOnlyList<int> Prompt { get; init; }

    /// <summary>How tokens are chosen and when the text ends.</summary>
    public GenerationOptions Options { get; init; } = new();

    /// <summary>Called with each token in order, on the generating thread; what it throws ends the whole batch. Text that may yet turn out to be part of a stop text is held back.</summary>
    public Action<GeneratedToken>? OnToken { get; init; }

    /// <summary>Asked once a token; a cancelled text ends where it is.</summary>
    public CancellationToken Cancellation { get; init; }
}

/// <summary>One token of a text.</summary>
/// <param name="Id">The token.</param>
/// <param name="Text">What has become certain of the text since the last token; may be empty.</param>
/// <param name="LogProbability">See <see cref="GenerationResult.LogProbabilities"/>.</param>
public readonly record struct GeneratedToken(int Id, string Text, float LogProbability)
{
    /// <summary>The likeliest tokens at this place, as many as <see cref="GenerationOptions.Alternatives"/> asks for, likeliest first.</summary>
    public IReadOnlyList<TokenAlternative> Alternatives { get; init; } = [];
}

/// <summary>A token that might have been written.</summary>
/// <param name="Id">The token.</param>
/// <param name="LogProbability">See <see cref="GenerationResult.LogProbabilities"/>.</param>
public readonly record struct TokenAlternative(int Id, float LogProbability);

/// <summary>A finished text.</summary>
public sealed record GenerationResult
{
    /// <summary>The new tokens, an end-of-text token included when one ended the text.</summary>
    public required IReadOnlyList<int> Tokens { get; init; }

    /// <summary>The new text, without special tokens and without the stop text.</summary>
    public required string Text { get; init; }

    /// <summary>Natural log of each token's probability under the model itself: temperature 1, no penalty, all tokens allowed.</summary>
    public required IReadOnlyList<float> LogProbabilities { get; init; }

    /// <summary>Why the text ended.</summary>
    public required FinishReason Reason { get; init; }
}

/// <summary>Why a text ended.</summary>
public enum FinishReason
{
    /// <summary>An end-of-text token.</summary>
    EndOfText,

    /// <summary>A stop text.</summary>
    StopText,

    /// <summary>The number of new tokens, or the end of the context.</summary>
    Length,

    /// <summary>The request was cancelled.</summary>
    Cancelled,
}
