using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace RlhfHub.Domain.Data;

/// <summary>Values that are read and written whole are kept as JSON in a text column, alike on every database.</summary>
public static class JsonText
{
    /// <summary>How the platform writes JSON into its own database: camelCase, enumerations by name, letters of all scripts as they are.</summary>
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // A caller may write the kind of an answer after its other fields.
        AllowOutOfOrderMetadataProperties = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The text that stands for <paramref name="value"/>.</summary>
    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>The value that <paramref name="text"/> stands for.</summary>
    /// <exception cref="InvalidDataException">The text stands for nothing of this type.</exception>
    public static T Read<T>(string text) => JsonSerializer.Deserialize<T>(text, Options) ?? throw new InvalidDataException($"The database holds 'null' where {typeof(T).Name} belongs.");

    /// <summary>Stores the property as JSON.</summary>
    public static PropertyBuilder<T> HasJsonText<T>(this PropertyBuilder<T> property) => property.HasConversion(
        new ValueConverter<T, string>(value => Write(value), text => Read<T>(text)),
        // Compared by what is written: lists inside records are equal when their content is.
        new ValueComparer<T>((left, right) => Write(left) == Write(right), value => Write(value).GetHashCode(StringComparison.Ordinal), value => value));
}
