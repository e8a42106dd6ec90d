using System.Text.Json;
using RlhfHub.Training.Models;

namespace RlhfHub.Training.Tokenization.Templates;

/// <summary>Where a model folder keeps its chat template and its special tokens.</summary>
internal sealed class ChatTemplateFiles(string folder)
{
    private const string TemplateFile = "chat_template.jinja";
    private const string ConfigFile = "tokenizer_config.json";
    private const string TokenMapFile = "special_tokens_map.json";

    // A template is far smaller; what is larger is not one.
    private const long LongestFileBytes = 64 << 20;

    private readonly JsonElement? config = ReadObject(Path.Combine(folder, ConfigFile));

    /// <summary>The template's file and text; null when the folder has none.</summary>
    public (string Name, string Source)? FindTemplate()
    {
        var file = Path.Combine(folder, TemplateFile);
        if (File.Exists(file))
            return (TemplateFile, ReadText(file));

        if (config is not { } root || !root.TryGetProperty("chat_template", out var template) || template.ValueKind == JsonValueKind.Null)
            return null;

        return template.ValueKind switch
        {
            JsonValueKind.String => (ConfigFile, template.GetString()!),
            JsonValueKind.Array => (ConfigFile, DefaultOf(template)),
            _ => throw Unfit(),
        };
    }

    /// <summary>The special tokens by their names: <c>bos_token</c>, <c>eos_token</c>, ..., and <c>additional_special_tokens</c> as a list.</summary>
    public Dictionary<string, object?> ReadSpecialTokens()
    {
        // tokenizer_config.json is the newer file and wins; the map fills what it leaves out.
        var tokens = new Dictionary<string, object?>();
        AddTokens(tokens, ReadObject(Path.Combine(folder, TokenMapFile)));
        AddTokens(tokens, config);
        if (config is { } root && root.TryGetProperty("extra_special_tokens", out var extra) && extra.ValueKind == JsonValueKind.Object)
            AddTokens(tokens, extra);

        return tokens;
    }

    private static void AddTokens(Dictionary<string, object?> tokens, JsonElement? source)
    {
        if (source is not { } entries)
            return;

        foreach (var entry in entries.EnumerateObject())
        {
            if (entry.Name.EndsWith("_token", StringComparison.Ordinal) && TextOf(entry.Value) is { } token)
                tokens[entry.Name] = token;
            else if (entry.Name == "additional_special_tokens" && entry.Value.ValueKind == JsonValueKind.Array)
                tokens[entry.Name] = entry.Value.EnumerateArray().Select(TextOf).OfType<string>().ToList();
        }
    }

    // "<s>", or {"content": "<s>", "lstrip": false, ...}
    private static string? TextOf(JsonElement token) => token.ValueKind switch
    {
        JsonValueKind.String => token.GetString(),
        JsonValueKind.Object when token.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.String => content.GetString(),
        _ => null,
    };

    // [{"name": "default", "template": "..."}, {"name": "tool_use", "template": "..."}]
    private static string DefaultOf(JsonElement templates)
    {
        foreach (var entry in templates.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Object
                || !entry.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String
                || !entry.TryGetProperty("template", out var template) || template.ValueKind != JsonValueKind.String)
                throw Unfit();

            if (name.GetString() == "default")
                return template.GetString()!;
        }

        throw new ModelFileException($"{ConfigFile}: 'chat_template' lists no template named 'default'; expected one.");
    }

    private static ModelFileException Unfit() =>
        new($"{ConfigFile}: 'chat_template' is neither a string nor a list of {{\"name\", \"template\"}}; expected one of the two.");

    private static JsonElement? ReadObject(string file)
    {
        if (!File.Exists(file))
            return null;

        try
        {
            using var document = JsonDocument.Parse(ReadText(file));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new ModelFileException($"{Path.GetFileName(file)} holds no JSON object; expected one.");
        }
        catch (JsonException broken)
        {
            throw new ModelFileException($"{Path.GetFileName(file)} is not JSON: {broken.Message}", broken);
        }
    }

    private static string ReadText(string file)
    {
        var size = new FileInfo(file).Length;
        return size <= LongestFileBytes
            ? File.ReadAllText(file)
            : throw new ModelFileException($"{Path.GetFileName(file)} has {size} bytes; expected {LongestFileBytes} at most.");
    }
}
