using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace RlhfHub.Training.Data;

/// <summary>Reads files with one JSON object a line, gzip-compressed or not; what is wrong is said with file and line.</summary>
public static class JsonLines
{
    // A reply of a conversation tree lies two levels deeper than what it answers; the parser's own limit of 64 would end such a tree at 31 turns.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 256 };

    /// <summary>Every line that is not blank, as an object with its place.</summary>
    /// <exception cref="InvalidInputException">The file is missing, or a line is no JSON object in UTF-8.</exception>
    public static IEnumerable<JsonLine> Read(string file) => LineFile.Read(file).Select(line => Parse(line.Bytes, line.Place));

    /// <summary>One line of JSON, with no name twice and every text decoded.</summary>
    /// <param name="line">The line.</param>
    /// <param name="place">Where it stands, for messages.</param>
    /// <exception cref="InvalidInputException">It is no valid JSON.</exception>
    public static JsonNode? Parse(string line, string place) => Node(Encoding.UTF8.GetBytes(line), place);

    /// <summary>One line as an object.</summary>
    /// <exception cref="InvalidInputException">It is no JSON object in UTF-8.</exception>
    internal static JsonLine Parse(ReadOnlyMemory<byte> line, LinePlace place)
    {
        if (!Utf8.IsValid(line.Span)) throw new InvalidInputException($"{place}: the bytes are not UTF-8.");
        return Node(line.Span, place.ToString()) is JsonObject fields ? new JsonLine(fields, place) : throw new InvalidInputException($"{place}: expected a JSON object, such as {{\"prompt\": \"…\"}}.");
    }

    private static JsonNode? Node(ReadOnlySpan<byte> line, string place)
    {
        try
        {
            var node = JsonNode.Parse(line, documentOptions: Strict);
            JsonTexts.Decode(node);
            return node;
        }
        catch (JsonException error)
        {
            throw new InvalidInputException($"{place}: not valid JSON at byte {error.BytePositionInLine + 1 ?? 1}: {Reason(error).TrimEnd('.')}; expected one whole JSON object.", error);
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidInputException($"{place}: not valid JSON: a text holds half a surrogate pair; expected both halves or none.", error);
        }
    }

    // "'x' is an invalid start of a value. LineNumber: 0 | BytePositionInLine: 5.": the line number would be that inside the line.
    private static string Reason(JsonException error)
    {
        var end = error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? error.Message : error.Message[..end];
    }
}

/// <summary>A line of a file.</summary>
/// <param name="File">The file, as it was named.</param>
/// <param name="Line">The line, from 1; 0 for what stands in no file, as an argument.</param>
public readonly record struct LinePlace(string File, int Line)
{
    /// <inheritdoc/>
    public override string ToString() => Line == 0 ? File : $"{File} line {Line}";
}

/// <summary>One object and where it stands.</summary>
/// <param name="Fields">The object.</param>
/// <param name="Place">File and line, for messages.</param>
public sealed record JsonLine(JsonObject Fields, LinePlace Place)
{
    /// <summary>Whether the field is there and not null.</summary>
    public bool Has(string field) => Fields[field] is not null;

    /// <summary>A text that must be there; it may be empty.</summary>
    /// <exception cref="InvalidInputException">It is missing or no text.</exception>
    public string Text(string field) => Fields[field] switch
    {
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        null => throw Wrong($"'{field}' is missing; expected a text."),
        _ => throw Wrong($"'{field}' is no text."),
    };

    /// <summary>A number, or null where the field is absent.</summary>
    /// <exception cref="InvalidInputException">It is there and no finite number.</exception>
    public double? Number(string field) => Fields[field] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<double>(out var number) && double.IsFinite(number) => number,
        _ => throw Wrong($"'{field}' is no number; expected one, such as 0.5."),
    };

    /// <summary>A whole number, or null where the field is absent.</summary>
    /// <exception cref="InvalidInputException">It is there and no whole number.</exception>
    public long? WholeNumber(string field) => Fields[field] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<long>(out var number) => number,
        _ => throw Wrong($"'{field}' is no whole number."),
    };

    /// <summary>A text or a conversation that must be there and not be empty.</summary>
    /// <exception cref="InvalidInputException">It is missing, empty, or neither of the two.</exception>
    public Passage Passage(string field) => Data.Passage.Read(Fields[field], field, Place);

    /// <summary>The error that names this line.</summary>
    internal InvalidInputException Wrong(string what) => new($"{Place}: {what}");
}
