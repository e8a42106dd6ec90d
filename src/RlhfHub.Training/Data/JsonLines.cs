using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RlhfHub.Training.Data;

/// <summary>Reads files with one JSON object a line; what is wrong is said with file and line.</summary>
public static class JsonLines
{
    /// <summary>Every line that is not blank, as an object with its place.</summary>
    /// <exception cref="InvalidInputException">The file is missing, not UTF-8, or a line is no JSON object.</exception>
    public static IEnumerable<JsonLine> Read(string file)
    {
        if (!File.Exists(file)) throw new InvalidInputException($"{file} was not found; expected a file with one JSON object a line.");
        using var reader = new StreamReader(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        for (var number = 1; ReadLine(reader, file, number) is { } line; number++)
            if (!string.IsNullOrWhiteSpace(line)) yield return Object(line, $"{file} line {number}");
    }

    /// <summary>One line of JSON, with no name twice and every text decoded.</summary>
    /// <param name="line">The line.</param>
    /// <param name="place">Where it stands, for messages.</param>
    /// <exception cref="InvalidInputException">It is no valid JSON.</exception>
    public static JsonNode? Parse(string line, string place)
    {
        try
        {
            var node = JsonNode.Parse(line, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
            JsonTexts.Decode(node);
            return node;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new InvalidInputException($"{place}: not valid JSON: {error.Message}", error);
        }
    }

    private static string? ReadLine(StreamReader reader, string file, int number)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (DecoderFallbackException error)
        {
            throw new InvalidInputException($"{file} line {number} or later: the bytes are not UTF-8.", error);
        }
    }

    private static JsonLine Object(string line, string place) =>
        Parse(line, place) is JsonObject fields ? new JsonLine(fields, place) : throw new InvalidInputException($"{place}: expected a JSON object, such as {{\"prompt\": \"…\"}}.");
}

/// <summary>One object and where it stands.</summary>
/// <param name="Fields">The object.</param>
/// <param name="Place">File and line, for messages.</param>
public sealed record JsonLine(JsonObject Fields, string Place)
{
    /// <summary>Whether the field is there and not null.</summary>
    public bool Has(string field) => Fields[field] is not null;

    /// <summary>A text that must be there; it may be empty.</summary>
    /// <exception cref="InvalidInputException">It is missing or no text.</exception>
    public string Text(string field) => Fields[field] switch
    {
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        null => throw new InvalidInputException($"{Place}: '{field}' is missing; expected a text."),
        _ => throw new InvalidInputException($"{Place}: '{field}' is no text."),
    };
}
