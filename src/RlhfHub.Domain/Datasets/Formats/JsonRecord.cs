using System.Text.Json;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>One record that is being read: fields are taken by name, and what nobody took becomes the example's extra fields.</summary>
internal sealed class JsonRecord(JsonElement root, string idField)
{
    private readonly HashSet<string> taken = [];
    private Dictionary<string, JsonElement?[]>? messageFields;

    /// <summary>The whole record.</summary>
    public JsonElement Root => root;

    /// <summary>Whether a field is there and not null.</summary>
    public bool Has(string name) => Find(name) is { ValueKind: not JsonValueKind.Null };

    /// <summary>A field, or null when it is missing; not an extra one from now on.</summary>
    public JsonElement? Take(string name)
    {
        if (Find(name) is not { } value) return null;
        taken.Add(name);
        return value.ValueKind == JsonValueKind.Null ? null : value;
    }

    public string Text(string name) => Take(name) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        null => throw Missing(name, "a text"),
        { } other => throw Wrong(name, other, "a text"),
    };

    /// <summary>A text where there is one, else null.</summary>
    public string? OptionalText(string name) => Has(name) ? Text(name) : Take(name)?.GetString();

    public double? OptionalNumber(string name) => Take(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetDouble(out var value) && double.IsFinite(value) => value,
        { } other => throw Wrong(name, other, "a finite number"),
    };

    public bool Flag(string name) => Take(name) switch
    {
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        null => throw Missing(name, "true or false"),
        { } other => throw Wrong(name, other, "true or false"),
    };

    /// <summary>A prompt: a text is the user's one message, an empty text is no message at all.</summary>
    public ValueList<Message> Prompt(string name) => Take(name) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString() is { Length: > 0 } content ? [new(Message.User, content)] : [],
        { ValueKind: JsonValueKind.Array } list => Messages(name, list),
        null => throw Missing(name, "a text or a list of messages"),
        { } other => throw Wrong(name, other, "a text or a list of messages"),
    };

    /// <summary>A reply: a text, or a list of one assistant's message.</summary>
    public string Reply(string name) => Take(name) switch
    {
        null => throw Missing(name, "a text or a list of messages"),
        { } value => Reply(name, value),
    };

    public string Reply(string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String) return value.GetString()!;
        if (value.ValueKind != JsonValueKind.Array) throw Wrong(name, value, "a text or a list of messages");
        return Messages(name, value) switch
        {
            [{ Role: Message.Assistant } message] => message.Content,
            [var message] => throw new BadRecordException($"'{name}' is a message of \"{message.Role}\"; expected one of assistant"),
            { Count: var count } => throw new BadRecordException($"'{name}' has {count} messages; expected one assistant's message, and what comes before it in the prompt"),
        };
    }

    public ValueList<Message> Messages(string name) => Take(name) switch
    {
        { ValueKind: JsonValueKind.Array } list => Messages(name, list),
        null => throw Missing(name, "a list of messages"),
        { } other => throw Wrong(name, other, "a list of messages"),
    };

    /// <summary>A list of messages, whose own unknown fields are kept aside under <paramref name="name"/>.</summary>
    public ValueList<Message> Messages(string name, JsonElement list, MessageNames? names = null)
    {
        names ??= MessageNames.Chat;
        var messages = new Message[list.GetArrayLength()];
        JsonElement?[]? more = null;
        var i = 0;
        foreach (var item in list.EnumerateArray())
        {
            messages[i] = names.Read(item, $"message {i + 1} of '{name}'");
            if (names.HasMore(item)) (more ??= new JsonElement?[messages.Length])[i] = item;
            i++;
        }
        if (more is not null) KeepMessageFields(name, more, names);
        return ValueList.Create<Message>(messages);
    }

    /// <summary>The example with what every record may have: id, tags, source, split, origins, and all that was not taken.</summary>
    public Example Complete(Example example)
    {
        var common = CommonFields.Read(root, idField, example.Replies.Count);
        var extra = root.ValueKind != JsonValueKind.Object
            ? ExtraFields.None
            : ExtraFields.From(root, field => !taken.Contains(field.Name) && !common.Takes(field.Name));
        if (messageFields is not null)
            extra = extra[MessageNames.ExtraName] is null
                ? extra.With(MessageNames.ExtraName, JsonSerializer.SerializeToElement(messageFields))
                : throw new BadRecordException($"messages have fields of their own beside '{MessageNames.ExtraName}'; expected only one of the two");
        return common.Apply(example) with { Extra = extra };
    }

    public static BadRecordException Missing(string name, string expected) => new($"'{name}' is missing; expected {expected}");

    public static BadRecordException Wrong(string name, JsonElement value, string expected) =>
        new($"'{name}' is {JsonFormat.Snippet(value)}; expected {expected}");

    private JsonElement? Find(string name) => root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) ? value : null;

    private void KeepMessageFields(string name, JsonElement?[] items, MessageNames names)
    {
        var kept = new JsonElement?[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            if (items[i] is not { } item) continue;
            var others = item.EnumerateObject().Where(field => !names.Knows(field.Name));
            kept[i] = JsonSerializer.SerializeToElement(others.ToDictionary(field => field.Name, field => field.Value));
        }
        (messageFields ??= [])[name] = kept;
    }
}
