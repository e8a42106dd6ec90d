using System.Text.Json;
using System.Text.Unicode;

namespace RlhfHub.Training.Models.Safetensors;

/// <summary>Steps through JSON that must be exact: valid UTF-8, no key twice, strings where strings belong.</summary>
internal static class StrictJson
{
    /// <summary>What <see cref="Read{T}"/> hands the reader to, standing on the first token.</summary>
    public delegate T Parser<T>(ref Utf8JsonReader reader);

    /// <summary>Parses a text that must be one JSON object. Every fault becomes a <see cref="ModelFileException"/>.</summary>
    /// <param name="json">The text in UTF-8.</param>
    /// <param name="what">How messages begin: the file and what of it this is.</param>
    /// <param name="parse">Reads the object's members.</param>
    public static T Read<T>(ReadOnlySpan<byte> json, string what, Parser<T> parse)
    {
        if (!Utf8.IsValid(json)) throw new ModelFileException($"{what} is not valid UTF-8 text.");
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) throw new ModelFileException($"{what} is not a JSON object.");
            var result = parse(ref reader);
            reader.Read(); // throws if anything but white space follows
            return result;
        }
        catch (JsonException error)
        {
            throw new ModelFileException($"{what} is not valid JSON (around byte {error.BytePositionInLine} of line {error.LineNumber + 1}).", error);
        }
    }

    /// <summary>Moves to the object's next key; false at its end.</summary>
    public static bool NextKey(ref Utf8JsonReader reader, string what, HashSet<string> seen, out string key)
    {
        reader.Read();
        key = "";
        if (reader.TokenType == JsonTokenType.EndObject) return false;
        key = Text(ref reader, what);
        if (!seen.Add(key)) throw new ModelFileException($"{what} has the key {MessageText.Quote(key)} twice.");
        reader.Read();
        return true;
    }

    /// <summary>The string or key that the reader stands on.</summary>
    public static string Text(ref Utf8JsonReader reader, string what)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName)) throw new ModelFileException($"{what} is not a string.");
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            // An escape such as \ud800 is valid JSON and half a character.
            throw new ModelFileException($"{what} holds half a surrogate pair.", error);
        }
    }

    /// <summary>The object that the reader stands on, all of whose values must be strings, in its order.</summary>
    public static OrderedDictionary<string, string> Texts(ref Utf8JsonReader reader, string what)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new ModelFileException($"{what} is not a JSON object.");
        var seen = new HashSet<string>();
        var texts = new OrderedDictionary<string, string>();
        while (NextKey(ref reader, what, seen, out var key)) texts.Add(key, Text(ref reader, $"{what}, {MessageText.Quote(key)},"));
        return texts;
    }
}
