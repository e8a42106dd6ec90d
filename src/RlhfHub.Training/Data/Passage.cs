using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using RlhfHub.Training.Tokenization.Templates;

namespace RlhfHub.Training.Data;

/// <summary>What stands in a field of a data set: a text, or a conversation. https://huggingface.co/docs/trl/dataset_formats</summary>
public sealed class Passage
{
    private Passage(string? text, IReadOnlyList<ChatMessage>? messages) => (Text, Messages) = (text, messages);

    /// <summary>The text; null for a conversation.</summary>
    public string? Text { get; }

    /// <summary>The conversation; null for a text.</summary>
    public IReadOnlyList<ChatMessage>? Messages { get; }

    /// <summary>Whether it is a conversation rather than a text.</summary>
    [MemberNotNullWhen(true, nameof(Messages)), MemberNotNullWhen(false, nameof(Text))]
    public bool IsConversation => Messages is not null;

    /// <summary>The same for two passages that say the same. A single turn of the user counts as its text, so that a prompt is found again in either form.</summary>
    public string Key => Messages switch
    {
        null => Text!,
        [{ Role: "user", Content: { } only, Fields.Count: 0 }] => only,
        _ => Canonical(Messages),
    };

    /// <summary>A text.</summary>
    public static Passage Of(string text) => new(text, null);

    /// <summary>A conversation.</summary>
    public static Passage Of(IReadOnlyList<ChatMessage> messages) => new(null, messages);

    /// <summary>This and what follows it, both of one form.</summary>
    public Passage Then(Passage next) => (Messages, next.Messages) switch
    {
        (null, null) => Of(Text + next.Text),
        ({ } first, { } second) => Of([.. first, .. second]),
        _ => throw new ArgumentException("A text and a conversation cannot follow each other.", nameof(next)),
    };

    /// <summary>Reads a field's value.</summary>
    /// <exception cref="InvalidInputException">It is missing, empty, or neither a text nor a conversation.</exception>
    internal static Passage Read(JsonNode? node, string field, LinePlace place) => node switch
    {
        null => throw new InvalidInputException($"{place}: '{field}' is missing; expected a text or a list of messages."),
        JsonValue value when value.TryGetValue<string>(out var text) => text.Length > 0
            ? Of(text)
            : throw new InvalidInputException($"{place}: '{field}' is empty; expected a text or a list of messages."),
        JsonArray { Count: 0 } => throw new InvalidInputException($"{place}: '{field}' is empty; expected a text or a list of messages."),
        JsonArray list => Of(MessageList.Read(list, $"{place}, '{field}'")),
        _ => throw new InvalidInputException($"{place}: '{field}' is neither a text nor a list of messages; expected one of the two."),
    };

    /// <summary>Throws unless the assistant says something in this conversation; a text is all to be learned.</summary>
    /// <exception cref="InvalidInputException">Nobody answers.</exception>
    internal Passage RequireReply(string field, LinePlace place) => Messages is null || MessageList.HasReply(Messages)
        ? this
        : throw new InvalidInputException($"{place}: '{field}' has no assistant turn with content; expected at least one message with role 'assistant'.");

    /// <summary>Throws unless this is a text or a conversation just as <paramref name="other"/> is.</summary>
    /// <exception cref="InvalidInputException">One is a text, the other a conversation.</exception>
    internal Passage RequireFormOf(Passage other, string field, string otherField, LinePlace place) => IsConversation == other.IsConversation
        ? this
        : throw new InvalidInputException($"{place}: '{field}' is {Form} but '{otherField}' is {other.Form}; expected both as texts or both as lists of messages.");

    private string Form => IsConversation ? "a list of messages" : "a text";

    private static string Canonical(IReadOnlyList<ChatMessage> messages) =>
        new JsonArray([.. messages.Select(message => new JsonObject(
        [
            new("role", message.Role),
            new("content", message.Content),
            .. message.Fields.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => KeyValuePair.Create(field.Key, (field.Value as JsonNode)?.DeepClone())),
        ]))]).ToJsonString();
}
