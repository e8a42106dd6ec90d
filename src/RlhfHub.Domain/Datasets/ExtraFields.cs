using System.Collections;
using System.Text.Json;

namespace RlhfHub.Domain.Datasets;

/// <summary>The fields of a record that nobody here knows, kept as JSON so that they go out again as they came in. Equal by content, in any order.</summary>
public sealed class ExtraFields : IReadOnlyCollection<KeyValuePair<string, JsonElement>>, IEquatable<ExtraFields>
{
    private readonly KeyValuePair<string, JsonElement>[] fields;

    private ExtraFields(KeyValuePair<string, JsonElement>[] fields) => this.fields = fields;

    /// <summary>No field at all.</summary>
    public static ExtraFields None { get; } = new([]);

    /// <inheritdoc/>
    public int Count => fields.Length;

    /// <summary>The value of a field, or null when there is none of that name.</summary>
    public JsonElement? this[string name]
    {
        get
        {
            foreach (var field in fields)
                if (field.Key == name) return field.Value;
            return null;
        }
    }

    /// <summary>The fields of a JSON object that the filter lets through; the values no longer depend on the object's document.</summary>
    public static ExtraFields From(JsonElement json, Func<JsonProperty, bool>? filter = null)
    {
        List<KeyValuePair<string, JsonElement>>? kept = null;
        foreach (var property in json.EnumerateObject())
            if (filter is null || filter(property)) (kept ??= []).Add(new(property.Name, property.Value.Clone()));
        return kept is null ? None : new([.. kept]);
    }

    /// <summary>These fields and one more, which replaces any of its name.</summary>
    public ExtraFields With(string name, JsonElement value) => new([.. fields.Where(field => field.Key != name), new(name, value)]);

    /// <summary>These fields and one more text, which replaces any of its name.</summary>
    public ExtraFields With(string name, string text) => With(name, JsonSerializer.SerializeToElement(text));

    /// <summary>These fields without one.</summary>
    public ExtraFields Without(string name) => this[name] is null ? this : new([.. fields.Where(field => field.Key != name)]);

    /// <inheritdoc/>
    public bool Equals(ExtraFields? other) =>
        other is not null && other.Count == Count && fields.All(field => other[field.Key] is { } value && JsonElement.DeepEquals(field.Value, value));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ExtraFields);

    /// <inheritdoc/>
    public override int GetHashCode() => fields.Aggregate(0, (hash, field) => hash ^ field.Key.GetHashCode(StringComparison.Ordinal));

    /// <inheritdoc/>
    public override string ToString() => $"{{{string.Join(", ", fields.Select(field => $"{field.Key}: {field.Value.GetRawText()}"))}}}";

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, JsonElement>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, JsonElement>>)fields).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => fields.GetEnumerator();
}
