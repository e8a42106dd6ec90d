using RlhfHub.Domain.Projects;

namespace RlhfHub.Domain.Prompts;

/// <summary>Which prompts and replies a project takes.</summary>
internal static class PromptRules
{


    /// <summary>What is wrong with a conversation; null when nothing is.</summary>
    public static string? FaultOf(IReadOnlyList<Message> messages, ProjectSettings settings)
    {
        if (messages.Count == 0) return "The conversation is empty; it needs at least one message.";
        for (var index = 0; index < messages.Count; index++)
        {
            if (!Message.Roles.Contains(messages[index].Role)) return $"Message {index + 1} has the role '{messages[index].Role}'; expected system, user, assistant or tool.";
            if (messages[index].Content.Length == 0) return $"Message {index + 1} is empty.";
        }
        if (messages[^1].Role is Message.Assistant) return "The last message is the assistant's; it must be one that waits for a reply.";
        var length = PromptText.Length(messages);
        return length > settings.MaxPromptCharacters ? $"The conversation has {length:N0} characters; this project takes at most {settings.MaxPromptCharacters:N0}." : null;
    }

    /// <summary>What is wrong with a reply; null when nothing is.</summary>
    public static string? FaultOfReply(string text, ProjectSettings settings) =>
        text.Length > settings.MaxReplyCharacters ? $"The reply has {text.Length:N0} characters; this project takes at most {settings.MaxReplyCharacters:N0}." : null;

    /// <summary>Tags without blanks around them, each once, at most 100 characters long.</summary>
    public static IReadOnlyList<string> Tags(IEnumerable<string> tags)
    {
        var clean = tags.Select(tag => tag.Trim()).Where(tag => tag.Length > 0).Distinct().ToList();
        return clean.Find(tag => tag.Length > 100) is { } tooLong ? throw new InvalidRequestException("tags", $"The tag '{tooLong[..20]}…' has {tooLong.Length} characters; at most 100 are kept.") : clean;
    }
}
