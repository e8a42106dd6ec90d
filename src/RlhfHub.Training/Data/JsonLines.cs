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
            if (!string.IsNullOrWhiteSpace(line)) yield return Parse(line, file, number);
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

    private static JsonLine Parse(string line, string file, int number)
    {
        try
        {
            var node = JsonNode.Parse(line, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
            JsonTexts.Decode(node);
            return node is JsonObject fields ? new JsonLine(fields, $"{file} line {number}") : throw new InvalidInputException($"{file} line {number}: expected a JSON object, such as {{\"prompt\": \"…\"}}.");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new InvalidInputException($"{file} line {number}: not valid JSON: {error.Message}", error);
        }
    }
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
