namespace RlhfHub.Training.Tokenization.Templates;

/// <summary>A rendered conversation and where in it the assistant speaks.</summary>
/// <param name="Text">The prompt, exactly as <see cref="ChatTemplate.Render"/> gives it.</param>
/// <param name="AssistantSpans">What the template marks with <c>{% generation %}</c>, in order; empty when it marks nothing.</param>
public sealed record RenderedChat(string Text, IReadOnlyList<CharacterSpan> AssistantSpans);

/// <summary>A stretch of a .NET string, in UTF-16 code units.</summary>
/// <param name="Start">The first code unit.</param>
/// <param name="Length">How many code units follow from there.</param>
public readonly record struct CharacterSpan(int Start, int Length);
