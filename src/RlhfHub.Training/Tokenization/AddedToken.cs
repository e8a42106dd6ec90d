namespace RlhfHub.Training.Tokenization;

/// <summary>A token that is found in the text as it stands, before the model sees the rest.</summary>
public sealed record AddedToken
{
    /// <summary>The token's id.</summary>
    public required int Id { get; init; }

    /// <summary>The text that it is found by.</summary>
    public required string Content { get; init; }

    /// <summary>It marks structure (begin, end, role) and is left out when text is decoded for people.</summary>
    public bool IsSpecial { get; init; }

    /// <summary>It is found only where no letter, digit or underscore touches it.</summary>
    public bool IsSingleWord { get; init; }

    /// <summary>It swallows white space on its left.</summary>
    public bool StripsLeft { get; init; }

    /// <summary>It swallows white space on its right.</summary>
    public bool StripsRight { get; init; }

    /// <summary>It is looked for in the normalized text, by its own normalized form.</summary>
    public bool IsNormalized { get; init; }
}
