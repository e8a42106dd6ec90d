using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using RlhfHub.Training.Models;

namespace RlhfHub.Training.Tokenization;

/// <summary>Opens the JSON files of a tokenizer so that everything wrong with them is said once, here.</summary>
internal static class TokenizerJson
{
    public static JsonSection ReadFile(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelFileException($"{path} was not found; a model folder holds its tokenizer in it.", error);
        }
        ReadOnlyMemory<byte> content = bytes;
        return Read(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? content[3..] : content, path);
    }

    public static JsonSection Read(ReadOnlyMemory<byte> utf8, string source)
    {
        if (!Utf8.IsValid(utf8.Span)) throw new ModelFileException($"{source} is not valid UTF-8.");
        try
        {
            CheckStrings(utf8.Span, source);
            var root = new JsonSection(JsonElement.Parse(utf8.Span), source, "");
            return root.Element.ValueKind == JsonValueKind.Object ? root : throw new ModelFileException($"{source} is not a JSON object.");
        }
        catch (JsonException error)
        {
            throw new ModelFileException($"{source} is not valid JSON at line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}.", error);
        }
    }

    // An escape such as "\ud800" is JSON but no text; the document would complain only later, wherever the string is used.
    private static void CheckStrings(ReadOnlySpan<byte> utf8, string source)
    {
        if (utf8.IndexOf("\\u"u8) < 0) return;
        var reader = new Utf8JsonReader(utf8);
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || !reader.ValueIsEscaped) continue;
            try
            {
                reader.GetString();
            }
            catch (InvalidOperationException error)
            {
                throw new ModelFileException($"{source} has a string at byte {reader.TokenStartIndex} that is half of a surrogate pair.", error);
            }
        }
    }
}
