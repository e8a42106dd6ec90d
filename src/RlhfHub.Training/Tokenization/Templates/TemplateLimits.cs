namespace RlhfHub.Training.Tokenization.Templates;

/// <summary>
/// What a template may spend. A template comes with a downloaded model and is untrusted: whatever it says, rendering ends, soon and in bounded memory.
/// The defaults leave room for conversations of a million characters in thousands of turns.
/// </summary>
public sealed record TemplateLimits
{
    /// <summary>Characters of the template's source.</summary>
    public int SourceCharacters { get; init; } = 1_000_000;

    /// <summary>How deep brackets and tags may nest in the source.</summary>
    public int SyntaxDepth { get; init; } = 200;

    /// <summary>How deep evaluation may nest: expressions in expressions, macros that call macros, values in values.</summary>
    public int EvaluationDepth { get; init; } = 400;

    /// <summary>Expressions, statements and list items that may be worked through.</summary>
    public int Steps { get; init; } = 2_000_000;

    /// <summary>Characters of text that may be made in all, on the way to the result and in it.</summary>
    public long TextCharacters { get; init; } = 64_000_000;
}
