using System.Text.Json.Nodes;
using RlhfHub.Training.Tokenization.Templates;

namespace RlhfHub.Training.Data;

/// <summary>Reads a conversation, <c>[{"role": "user", "content": "Hello"}, …]</c>.</summary>
public static class MessageList
{
    /// <summary>The role of the model's own turns.</summary>
    internal const string Assistant = "assistant";

    /// <summary>All messages, with whatever other fields they have.</summary>
    /// <param name="node">The list.</param>
    /// <param name="place">Where it stands, for messages.</param>
    /// <exception cref="InvalidInputException">It is no conversation.</exception>
    public static IReadOnlyList<ChatMessage> Read(JsonNode? node, string place)
    {
        if (node is not JsonArray { Count: > 0 } items) throw new InvalidInputException($"{place}: expected a list of messages, such as [{{\"role\": \"user\", \"content\": \"Hello\"}}].");
        return [.. items.Select((item, i) => Message(item, $"{place}, message {i + 1}"))];
    }

    /// <summary>Whether the assistant says something in it.</summary>
    internal static bool HasReply(IEnumerable<ChatMessage> messages) =>
        messages.Any(message => message.Role == Assistant && (!string.IsNullOrEmpty(message.Content) || CallsTools(message.Fields)));

    private static ChatMessage Message(JsonNode? node, string place)
    {
        if (node is not JsonObject fields || fields["role"] is not JsonValue role || !role.TryGetValue<string>(out var name))
            throw new InvalidInputException($"{place}: 'role' is missing; expected system, user, assistant or another the model knows.");
        var others = fields.Where(field => field.Key is not ("role" or "content")).ToDictionary(field => field.Key, field => (object?)field.Value);
        var content = fields["content"] switch
        {
            JsonValue value when value.TryGetValue<string>(out var text) => text,
            null when CallsTools(others) => null,
            null => throw new InvalidInputException($"{place}: 'content' is missing; expected a text."),
            _ => throw new InvalidInputException($"{place}: 'content' is no text."),
        };
        return new ChatMessage(name, content) { Fields = others };
    }

    private static bool CallsTools(IReadOnlyDictionary<string, object?> fields) => fields.GetValueOrDefault("tool_calls") is JsonArray { Count: > 0 };
}
