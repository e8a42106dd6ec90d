using System.Text.Json.Nodes;
using RlhfHub.Training;
using RlhfHub.Training.Tokenization.Templates;

namespace RlhfHub.Worker.Input;

/// <summary>Reads a conversation, <c>[{"role": "user", "content": "Hello"}, …]</c>.</summary>
internal static class Messages
{
    /// <param name="node">The list.</param>
    /// <param name="place">File and line, for messages.</param>
    /// <exception cref="InvalidInputException">It is no conversation.</exception>
    public static IReadOnlyList<ChatMessage> Read(JsonNode? node, string place)
    {
        if (node is not JsonArray { Count: > 0 } items) throw new InvalidInputException($"{place}: expected a list of messages, such as [{{\"role\": \"user\", \"content\": \"Hello\"}}].");
        return [.. items.Select((item, i) => Message(item, $"{place}, message {i + 1}"))];
    }

    private static ChatMessage Message(JsonNode? node, string place)
    {
        if (node is not JsonObject fields || fields["role"] is not JsonValue role || !role.TryGetValue<string>(out var name))
            throw new InvalidInputException($"{place}: 'role' is missing; expected system, user, assistant or another the model knows.");
        var content = fields["content"] switch
        {
            JsonValue value when value.TryGetValue<string>(out var text) => text,
            null => throw new InvalidInputException($"{place}: 'content' is missing; expected a text."),
            _ => throw new InvalidInputException($"{place}: 'content' is no text."),
        };
        var others = fields.Where(field => field.Key is not ("role" or "content")).ToDictionary(field => field.Key, field => (object?)field.Value);
        return new ChatMessage(name, content) { Fields = others };
    }
}
