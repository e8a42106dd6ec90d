using System.ComponentModel.DataAnnotations;

namespace RlhfHub.Training.Tokenization;

/// <summary>What a new vocabulary should be like.</summary>
public sealed record BpeTrainerOptions
{
    /// <summary>Llama 3's way to split text: contractions, words with one character before them, up to three digits, punctuation, line ends, white space.</summary>
    public const string Llama3Pattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>How many tokens to end with, special tokens and the 256 bytes included; fewer when the texts do not give so many.</summary>
    [Range(256, 1_000_000), Display(Name = "Vocabulary size", Description = "Tokens in all, special tokens and the 256 bytes included.")]
    public int VocabularySize { get; init; } = 4096;

    /// <summary>The fewest times a pair must stand in the texts to become a token.</summary>
    [Range(1, int.MaxValue), Display(Name = "Minimum frequency", Description = "Pairs that stand in the texts less often never become a token.")]
    public int MinimumFrequency { get; init; } = 2;

    /// <summary>Tokens that mark structure; they get the first ids, in this order.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = [];

    /// <summary>Where text may be cut: no token reaches across two matches.</summary>
    public string Pattern { get; init; } = Llama3Pattern;

    /// <summary>One of <see cref="SpecialTokens"/> that begins a text, or null.</summary>
    public string? BosToken { get; init; }

    /// <summary>One of <see cref="SpecialTokens"/> that ends a text or a turn, or null.</summary>
    public string? EosToken { get; init; }

    /// <summary>One of <see cref="SpecialTokens"/> that fills up rows, or null.</summary>
    public string? PadToken { get; init; }

    /// <summary>Whether encoding puts <see cref="BosToken"/> before every text.</summary>
    public bool AddsBosToken { get; init; }

    /// <summary>The most tokens that the model takes, or null.</summary>
    public int? MaxLength { get; init; }
}
