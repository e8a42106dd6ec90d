using System.Text.Json;
using RlhfHub.Training;
using RlhfHub.Training.Generation;
using RlhfHub.Training.Tokenization.Templates;
using RlhfHub.Worker.Serving.Engine;
using RlhfHub.Worker.Serving.Http;

namespace RlhfHub.Worker.Serving.OpenAi;

/// <summary>Reads <c>"messages": [{"role": "user", "content": "…"}]</c>; content may also be a list of text parts.</summary>
internal static class ChatMessages
{
    /// <exception cref="ApiException">It is no conversation, or one with more than text.</exception>
    public static IReadOnlyList<ChatMessage> Read(RequestBody body)
    {
        if (body.Field("messages") is not { } messages) throw ApiException.Wrong("messages", "'messages' is missing; expected a list such as [{\"role\": \"user\", \"content\": \"…\"}].");
        if (messages.ValueKind != JsonValueKind.Array || messages.GetArrayLength() == 0) throw RequestBody.Unfit("messages", messages, "a list of at least one message");
        return [.. messages.EnumerateArray().Select((message, i) => Read(message, $"messages[{i}]"))];
    }

    /// <summary>The conversation's tokens as the model writes it down.</summary>
    /// <param name="model">The model.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="addGenerationPrompt">Whether the model is to answer now.</param>
    /// <exception cref="ApiException">The model has no chat template, or it refuses this conversation.</exception>
    public static int[] Encode(ModelLease model, IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt)
    {
        try
        {
            return model.Host.Tokenizer.Encode(TextModel.RenderChat(model.Host.Template, messages, addGenerationPrompt), addSpecialTokens: false);
        }
        catch (InvalidInputException refusal)
        {
            throw ApiException.Wrong("messages", refusal.Message);
        }
    }

    private static ChatMessage Read(JsonElement message, string place)
    {
        if (message.ValueKind != JsonValueKind.Object) throw RequestBody.Unfit(place, message, "an object with 'role' and 'content'");
        if (!message.TryGetProperty("role", out var role) || role.ValueKind != JsonValueKind.String) throw ApiException.Wrong($"{place}.role", $"'{place}.role' is missing; expected system, user or assistant.");
        var fields = message.EnumerateObject()
            .Where(field => field.Name is not ("role" or "content") && field.Value.ValueKind != JsonValueKind.Null)
            .ToDictionary(field => field.Name, field => (object?)field.Value.Clone());
        // OpenAI's newer name of the system's voice, which no template knows.
        var speaker = RequestBody.ReadText(role, $"{place}.role") is "developer" ? "system" : RequestBody.ReadText(role, $"{place}.role");
        return new ChatMessage(speaker, Content(message, place)) { Fields = fields };
    }

    private static string? Content(JsonElement message, string place)
    {
        var name = $"{place}.content";
        if (!message.TryGetProperty("content", out var content) || content.ValueKind == JsonValueKind.Null)
            return message.TryGetProperty("tool_calls", out _) ? null : throw ApiException.Wrong(name, $"'{name}' is missing; expected a text.");
        if (content.ValueKind == JsonValueKind.String) return RequestBody.ReadText(content, name);
        if (content.ValueKind != JsonValueKind.Array) throw RequestBody.Unfit(name, content, "a text or a list of text parts");
        return string.Concat(content.EnumerateArray().Select((part, i) => Part(part, $"{name}[{i}]")));
    }

    private static string Part(JsonElement part, string name)
    {
        var isText = part.ValueKind == JsonValueKind.Object && part.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("text");
        return isText && part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String
            ? RequestBody.ReadText(text, name)
            : throw ApiException.Wrong(name, $"'{name}' is no text part; the models here read text only, such as {{\"type\": \"text\", \"text\": \"…\"}}.");
    }
}
