using System.Text.Json;
using System.Text.Json.Nodes;
using RlhfHub.Training.Data;

namespace RlhfHub.Training.Models;

/// <summary>Reads values out of a model's <c>config.json</c>; whatever is not as it should be becomes a sentence that names file, key and what would be right.</summary>
internal sealed class ConfigReader(JsonObject json, string file, string path = "")
{
    /// <summary>Far above any model; keeps products of two sizes within 64 bits.</summary>
    private const int LargestSize = 1 << 28;

    public string File => file;

    /// <summary>Parses the file. Example: <c>{"model_type": "llama", "hidden_size": 64, …}</c>.</summary>
    public static ConfigReader Open(string file)
    {
        if (!System.IO.File.Exists(file))
            throw new ModelFileException($"{file} was not found; a model folder in Hugging Face format holds config.json, model.safetensors and tokenizer.json.");
        return Parse(System.IO.File.ReadAllBytes(file), file);
    }

    public static ConfigReader Parse(ReadOnlySpan<byte> utf8, string file)
    {
        try
        {
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 64 };
            if (JsonNode.Parse(utf8, documentOptions: options) is not JsonObject json) throw new ModelFileException($"{file} must hold a JSON object.");
            JsonTexts.Decode(json);
            return new ConfigReader(json, file);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new ModelFileException($"{file} is not valid JSON: {error.Message}", error);
        }
    }

    public JsonObject Json => json;

    public int Size(string key, int? otherwise = null) => (int)Whole(key, otherwise, 1, LargestSize);

    public int Count(string key, int? otherwise = null) => (int)Whole(key, otherwise, 0, LargestSize);

    public int? OptionalSize(string key) => IsAbsent(key) ? null : Size(key);

    public double Positive(string key, double? otherwise = null)
    {
        if (IsAbsent(key)) return otherwise ?? throw Missing(key, "a positive number");
        return json[key] is JsonValue value && value.TryGetValue<double>(out var number) && double.IsFinite(number) && number > 0
            ? number
            : throw Wrong(key, "a positive number");
    }

    public double? OptionalPositive(string key) => IsAbsent(key) ? null : Positive(key);

    public bool Flag(string key, bool otherwise)
    {
        if (IsAbsent(key)) return otherwise;
        return json[key] is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : throw Wrong(key, "true or false");
    }

    public string Text(string key, string? otherwise = null)
    {
        if (IsAbsent(key)) return otherwise ?? throw Missing(key, "a text");
        return json[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : throw Wrong(key, "a text");
    }

    public IReadOnlyList<string> Texts(string key)
    {
        if (IsAbsent(key)) return [];
        return json[key] is JsonArray items && items.All(item => item is JsonValue value && value.TryGetValue<string>(out _))
            ? [.. items.Select(item => item!.GetValue<string>())]
            : throw Wrong(key, "a list of texts");
    }

    /// <summary>Token ids as <c>2</c> or <c>[2, 32000]</c>; empty when the key is absent or null.</summary>
    public IReadOnlyList<int> TokenIds(string key)
    {
        if (IsAbsent(key)) return [];
        return json[key] switch
        {
            JsonValue value when value.TryGetValue<int>(out var id) && id >= 0 => [id],
            JsonArray items when items.All(item => item is JsonValue value && value.TryGetValue<int>(out var id) && id >= 0) => [.. items.Select(item => item!.GetValue<int>())],
            _ => throw Wrong(key, "a token id or a list of token ids"),
        };
    }

    public ConfigReader? Section(string key)
    {
        if (IsAbsent(key)) return null;
        return json[key] is JsonObject section ? new ConfigReader(section, file, $"{path}{key}.") : throw Wrong(key, "an object");
    }

    public bool IsAbsent(string key) => json[key] is null;

    public ModelFileException Wrong(string key, string expected)
    {
        var found = json[key]?.ToJsonString() ?? "nothing";
        return new ModelFileException($"{file}: '{path}{key}' is {(found.Length > 60 ? found[..60] + "…" : found)}; expected {expected}.");
    }

    private ModelFileException Missing(string key, string expected) => new($"{file}: '{path}{key}' is missing; expected {expected}.");

    private long Whole(string key, int? otherwise, long least, long most)
    {
        var expected = $"a whole number from {least} to {most}";
        if (IsAbsent(key)) return otherwise ?? throw Missing(key, expected);
        return json[key] is JsonValue value && value.TryGetValue<long>(out var number) && number >= least && number <= most ? number : throw Wrong(key, expected);
    }
}
