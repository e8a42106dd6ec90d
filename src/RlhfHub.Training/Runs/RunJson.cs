using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using RlhfHub.Training.Models.Safetensors;

namespace RlhfHub.Training.Runs;

/// <summary>How the contract's files are written as JSON: camelCase, readable, NaN and the infinities as texts.</summary>
internal static class RunJson
{
    /// <summary>One line, for events.</summary>
    public static JsonSerializerOptions Compact { get; } = Make(JsonNamingPolicy.CamelCase, isIndented: false);

    /// <summary>For files that people open.</summary>
    public static JsonSerializerOptions Indented { get; } = Make(JsonNamingPolicy.CamelCase, isIndented: true);

    /// <summary>For options, which have TRL's names.</summary>
    public static JsonSerializerOptions SnakeCase { get; } = Make(JsonNamingPolicy.SnakeCaseLower, isIndented: true);

    /// <summary>Writes or replaces a file; it is there in full or as it was.</summary>
    public static void Write<T>(string file, T value)
    {
        var bytes = ToBytes(value);
        AtomicFile.Write(file, bytes.Length, handle => RandomAccess.Write(handle, bytes, 0));
        DiskFlush.OfFolder(Path.GetDirectoryName(file)!);
    }

    /// <summary>The indented text with a line end, in UTF-8.</summary>
    public static byte[] ToBytes<T>(T value) => [.. JsonSerializer.SerializeToUtf8Bytes(value, Indented), (byte)'\n'];

    /// <summary>Parses one of the contract's files.</summary>
    /// <exception cref="RunFolderException">It is not what the contract says.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> json, string place)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Compact) ?? throw new RunFolderException($"{place} holds null; expected a JSON object.");
        }
        // A text with half a surrogate pair is an InvalidOperationException here.
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new RunFolderException($"{place} is not as expected: {error.Message}", error);
        }
    }

    private static JsonSerializerOptions Make(JsonNamingPolicy naming, bool isIndented) => new()
    {
        PropertyNamingPolicy = naming,
        WriteIndented = isIndented,
        IndentSize = 2,
        NewLine = "\n",
        // These files are never part of a web page: texts stay readable in every language.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(naming, allowIntegerValues: false) },
    };
}
