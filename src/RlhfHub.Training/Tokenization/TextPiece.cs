namespace RlhfHub.Training.Tokenization;

/// <summary>A stretch of text on its way through the pre-tokenizers.</summary>
/// <param name="Text">The text that the piece lies in.</param>
/// <param name="Start">Where it begins, in UTF-16 units.</param>
/// <param name="Length">How long it is, in UTF-16 units.</param>
/// <param name="StartsInput">Whether the text given to the tokenizer begins with it; Metaspace's scheme "first" asks.</param>
internal readonly record struct TextPiece(string Text, int Start, int Length, bool StartsInput)
{
    public ReadOnlySpan<char> Span => Text.AsSpan(Start, Length);

    /// <summary>The part from <paramref name="start"/> to before <paramref name="end"/>, both counted inside this piece.</summary>
    public TextPiece Slice(int start, int end) => new(Text, Start + start, end - start, StartsInput && start == 0);

    public static TextPiece Whole(string text, bool startsInput) => new(text, 0, text.Length, startsInput);

    public override string ToString() => Span.ToString();
}
