namespace RlhfHub.Training.Tokenization.Templates;

/// <summary>One turn of a conversation as a chat template sees it: a mapping with <c>role</c>, <c>content</c> and the extra fields, in that order.</summary>
/// <param name="Role">Who speaks: usually <c>system</c>, <c>user</c>, <c>assistant</c> or <c>tool</c>.</param>
/// <param name="Content">What is said; null where a turn has none, as an assistant's turn that only calls tools.</param>
public sealed record ChatMessage(string Role, string? Content)
{
    /// <summary>
    /// What else the template may read: <c>name</c>, <c>tool_calls</c>, <c>reasoning_content</c>, ... Values are shaped like JSON: null, bool, numbers, strings,
    /// lists, dictionaries with string keys, <see cref="System.Text.Json.JsonElement"/> or <see cref="System.Text.Json.Nodes.JsonNode"/>.
    /// An entry named <c>content</c> replaces <see cref="Content"/>, for content made of parts.
    /// </summary>
    public IReadOnlyDictionary<string, object?> Fields { get; init; } = new Dictionary<string, object?>();
}
