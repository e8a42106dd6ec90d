using System.Text.Json;
using RlhfHub.Training.Models;

namespace RlhfHub.Training.Tokenization;

/// <summary>A value of a tokenizer file together with where it stands, so that every complaint says which file and which key.</summary>
internal readonly struct JsonSection(JsonElement element, string source, string path)
{
    /// <summary>File and key, as messages begin: <c>tokenizer.json: 'model.vocab'</c>.</summary>
    public string Place => path.Length == 0 ? source : $"{source}: '{path}'";

    public JsonElement Element => element;

    public bool IsNull => element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    public ModelFileException Error(string what) => new($"{Place} {what}.");

    /// <summary>The value below <paramref name="key"/>, or null when it is absent or null.</summary>
    public JsonSection? Find(string key)
    {
        if (element.ValueKind != JsonValueKind.Object) throw Error($"is {Describe()}; expected an object");
        if (!element.TryGetProperty(key, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return new JsonSection(value, source, path.Length == 0 ? key : $"{path}.{key}");
    }

    public JsonSection Require(string key) => Find(key) ?? throw Error($"has no '{key}'");

    public string AsString()
    {
        if (element.ValueKind != JsonValueKind.String) throw Error($"is {Describe()}; expected a string");
        return element.GetString()!;
    }

    public bool AsBoolean() => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Error($"is {Describe()}; expected true or false"),
    };

    public int AsInteger(int minimum, int maximum)
    {
        if (element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var value) && value >= minimum && value <= maximum) return value;
        throw Error($"is {Describe()}; expected an integer from {minimum} to {maximum}");
    }

    /// <summary>A string of exactly one character (one Unicode code point).</summary>
    public string AsCharacter()
    {
        var text = AsString();
        if (text.Length == 1 || (text.Length == 2 && char.IsSurrogatePair(text, 0))) return text;
        throw Error($"is a string of {text.Length} UTF-16 units; expected a single character");
    }

    public IEnumerable<JsonSection> AsArray()
    {
        if (element.ValueKind != JsonValueKind.Array) throw Error($"is {Describe()}; expected an array");
        return Items(this);

        static IEnumerable<JsonSection> Items(JsonSection section)
        {
            var index = 0;
            foreach (var item in section.Element.EnumerateArray()) yield return section.At(item, index++);
        }
    }

    public string? FindString(string key) => Find(key)?.AsString();

    public bool FindBoolean(string key, bool otherwise) => Find(key)?.AsBoolean() ?? otherwise;

    /// <summary>The <c>type</c> of a part of the pipeline.</summary>
    public string Kind() => Require("type").AsString();

    private JsonSection At(JsonElement item, int index) => new(item, source, $"{path}[{index}]");

    private string Describe() => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => Shortened(element.GetRawText()),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    private static string Shortened(string text) => text.Length <= 24 ? text : text[..24] + "...";
}
