using System.Text.Json;
using RlhfHub.Domain.Prompts;

namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>One record that is being written: the format's own fields, then those that every record may have.</summary>
internal sealed class JsonExampleWriter(Utf8JsonWriter json, Example example, JsonFormat format)
{
    private readonly HashSet<string> writtenLists = [];
    private bool hasOrigins;
    private string[] ownExtra = [];

    public Utf8JsonWriter Json => json;

    public void Text(string name, string text)
    {
        json.WritePropertyName(name);
        JsonText.Write(json, text);
    }

    /// <summary>A prompt as one text.</summary>
    public void PlainPrompt(string name) => Text(name, example.Conversation switch
    {
        [] => "",
        [{ Role: Message.User, Content: { Length: > 0 } content }] => content,
        { Count: var count } => throw CannotCarry($"takes a prompt that is one text of the user, but this one has {count} message(s), other roles or no words"),
    });

    public void Messages(string name, IReadOnlyList<Message> messages, MessageNames? names = null)
    {
        names ??= MessageNames.Chat;
        json.WriteStartArray(name);
        var more = MessageFields(name, messages.Count, names);
        for (var i = 0; i < messages.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString(names.Role, names.NameOf(messages[i].Role));
            Text(names.Content, messages[i].Content);
            if (more?[i] is { ValueKind: JsonValueKind.Object } fields)
                foreach (var field in fields.EnumerateObject()) field.WriteTo(json);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>A reply as a list of one message.</summary>
    public void ReplyMessage(string name, Reply reply) => Messages(name, [new(Message.Assistant, reply.Text)]);

    /// <summary>Says that the format's own fields told where the replies come from.</summary>
    public void OriginsAreWritten() => hasOrigins = true;

    /// <summary>Extra fields that the format's own fields told.</summary>
    public void ExtraIsWritten(params string[] names) => ownExtra = [.. ownExtra, .. names];

    /// <summary>Id, tags, source, split, origins and extra fields.</summary>
    public void Finish()
    {
        if (example.Id is not null && format.IdField != "") Text(format.IdField, example.Id);
        if (example.Tags.Count > 0)
        {
            json.WriteStartArray(CommonFields.TagsField);
            foreach (var tag in example.Tags) JsonText.Write(json, tag);
            json.WriteEndArray();
        }
        if (example.Source is not null) Text(CommonFields.SourceField, example.Source);
        if (example.Split is not null) Text(CommonFields.SplitField, example.Split);
        var replies = example.Replies;
        if (!hasOrigins && replies.Any(reply => reply.Origin is not null))
        {
            json.WritePropertyName(CommonFields.OriginsField);
            CommonFields.WriteOrigins(json, replies);
        }
        foreach (var (name, value) in example.Extra) Extra(name, value, replies.Count);
    }

    public CannotCarryException CannotCarry(string why) => new($"{format.DisplayName} {why}.");

    private void Extra(string name, JsonElement value, int replies)
    {
        if (ownExtra.Contains(name)) return;
        if (name == MessageNames.ExtraName && writtenLists.Count > 0)
        {
            if (value.EnumerateObject().Count() > writtenLists.Count) throw CannotCarry($"has no place for some of the messages' own fields in '{name}'");
            return;
        }
        if (format.Fields.Contains(name) || CommonFields.Fits(name, value, format.IdField, replies) || IsWritten(name))
            throw CannotCarry($"gives the name '{name}' a meaning of its own, so that an extra field cannot bear it");
        json.WritePropertyName(name);
        value.WriteTo(json);
    }

    private bool IsWritten(string name) =>
        format.IdField.Length > 0 && name == format.IdField ? example.Id is not null : name switch
        {
            CommonFields.TagsField => example.Tags.Count > 0,
            CommonFields.SourceField => example.Source is not null,
            CommonFields.SplitField => example.Split is not null,
            CommonFields.OriginsField => example.Replies.Any(reply => reply.Origin is not null),
            _ => false,
        };

    /// <summary>What the messages of this list say beyond role and content; null where nothing is kept that would come back the same.</summary>
    private JsonElement?[]? MessageFields(string list, int count, MessageNames names)
    {
        if (example.Extra[MessageNames.ExtraName] is not { ValueKind: JsonValueKind.Object } lists || !lists.TryGetProperty(list, out var items)) return null;
        if (items.ValueKind != JsonValueKind.Array || items.GetArrayLength() != count) return null;
        JsonElement?[] fields = [.. items.EnumerateArray()];
        var isSound = fields.Any(item => item is { ValueKind: JsonValueKind.Object })
            && fields.All(item => item is { ValueKind: JsonValueKind.Null } || (item is { ValueKind: JsonValueKind.Object } some
                && some.EnumerateObject().Any() && !some.EnumerateObject().Any(field => names.Knows(field.Name))));
        if (!isSound) return null;
        writtenLists.Add(list);
        return fields;
    }
}
