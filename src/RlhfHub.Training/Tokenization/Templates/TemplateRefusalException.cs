namespace RlhfHub.Training.Tokenization.Templates;

/// <summary>
/// The template itself refuses a conversation, by calling <c>raise_exception('...')</c>: the file is sound, the conversation does not fit the model
/// (two user turns in a row, a system prompt that the model does not know, ...).
/// </summary>
public sealed class TemplateRefusalException(string templateName, string reason)
    : Exception($"The chat template '{templateName}' refuses this conversation: {reason}")
{
    /// <summary>The template's own words.</summary>
    public string Reason { get; } = reason;
}
