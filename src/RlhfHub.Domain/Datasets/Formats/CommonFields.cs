using System.Text.Json;

namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>
/// The fields that records of every JSON format may have: <c>{"id": "7", "tags": ["maths"], "source": "forum", "split": "train", "origins": [{"model": "m1"},
/// {"person": "p2"}]}</c>, one origin for each reply.
/// One that holds something else than these words mean here is an extra field like any other.
/// </summary>
internal sealed record CommonFields(string IdField, string? Id, ValueList<string> Tags, string? Source, string? Split, Origin?[]? Origins)
{
    public const string TagsField = "tags";
    public const string SourceField = "source";
    public const string SplitField = "split";
    public const string OriginsField = "origins";

    public static CommonFields Read(JsonElement root, string idField, int replies) => root.ValueKind != JsonValueKind.Object
        ? new(idField, null, [], null, null, null)
        : new(
            idField, idField.Length == 0 ? null : ReadId(Get(root, idField)), ReadTags(Get(root, TagsField)) ?? [],
            ReadName(Get(root, SourceField)), ReadName(Get(root, SplitField)), ReadOrigins(Get(root, OriginsField), replies));

    /// <summary>Whether a field of this name was read as one of these.</summary>
    public bool Takes(string name) =>
        IdField.Length > 0 && name == IdField ? Id is not null : name switch
        {
            TagsField => Tags.Count > 0,
            SourceField => Source is not null,
            SplitField => Split is not null,
            OriginsField => Origins is not null,
            _ => false,
        };

    /// <summary>Whether a field would be read as one of these.</summary>
    public static bool Fits(string name, JsonElement value, string idField, int replies) =>
        idField.Length > 0 && name == idField ? ReadId(value) is not null : name switch
        {
            TagsField => ReadTags(value) is not null,
            SourceField or SplitField => ReadName(value) is not null,
            OriginsField => ReadOrigins(value, replies) is not null,
            _ => false,
        };

    public Example Apply(Example example)
    {
        var named = example with { Id = Id ?? example.Id, Tags = Tags, Source = Source, Split = Split };
        return Origins is null ? named : named switch
        {
            DemonstrationExample shown => shown with { Completion = shown.Completion with { Origin = Origins[0] } },
            UnpairedExample shown => shown with { Completion = shown.Completion with { Origin = Origins[0] } },
            PreferenceExample pair => pair with { Chosen = pair.Chosen with { Origin = Origins[0] }, Rejected = pair.Rejected with { Origin = Origins[1] } },
            RankingExample ranking => ranking with { Responses = ranking.Responses.Select((reply, i) => reply with { Origin = Origins[i] }).ToValueList() },
            _ => named,
        };
    }

    private static JsonElement? Get(JsonElement root, string name) => root.TryGetProperty(name, out var value) ? value : null;

    private static string? ReadId(JsonElement? value) => value switch
    {
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out _) => number.GetRawText(),
        _ => ReadName(value),
    };

    private static string? ReadName(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } name ? name : null;

    public static ValueList<string>? ReadTags(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0 && list.EnumerateArray().All(tag => tag.ValueKind == JsonValueKind.String)
            ? list.EnumerateArray().Select(tag => tag.GetString()!).ToValueList()
            : null;

    public static Origin?[]? ReadOrigins(JsonElement? value, int replies)
    {
        if (value is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() != replies || replies == 0) return null;
        var origins = new List<Origin?>();
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Null)
            {
                origins.Add(null);
                continue;
            }
            if (item.ValueKind != JsonValueKind.Object) return null;
            var fields = item.EnumerateObject().ToDictionary(field => field.Name, field => ReadName(field.Value));
            if (fields.Count == 0 || fields.Any(field => field.Key is not ("model" or "person") || field.Value is null)) return null;
            origins.Add(new(fields.GetValueOrDefault("model"), fields.GetValueOrDefault("person")));
        }
        return origins.Any(origin => origin is not null) ? [.. origins] : null;
    }

    public static void WriteOrigins(Utf8JsonWriter json, ValueList<Reply> replies)
    {
        json.WriteStartArray();
        foreach (var origin in replies.Select(reply => reply.Origin))
        {
            if (origin is null)
            {
                json.WriteNullValue();
                continue;
            }
            json.WriteStartObject();
            WriteName(json, "model", origin.Model);
            WriteName(json, "person", origin.Person);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteName(Utf8JsonWriter json, string field, string? name)
    {
        if (name is null) return;
        json.WritePropertyName(field);
        JsonText.Write(json, name);
    }
}
