using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using RlhfHub.Training.Models;
using RlhfHub.Training.Tokenization.Templates;

namespace RlhfHub.Training.Tests.Tokenization.Templates;

/// <summary>The conversations, styles and golden texts of tests/fixtures/templates, and rendering in the terms in which they are written.</summary>
internal static class TemplateFixtures
{
    private static readonly Dictionary<string, object?> SpecialTokens = new()
    {
        ["bos_token"] = "<s>",
        ["eos_token"] = "</s>",
        ["unk_token"] = "<unk>",
        ["pad_token"] = "<pad>",
    };

    public static string Folder { get; } = Path.GetFullPath(Path.Combine(SourceFolder(), "../../../fixtures/templates"));

    public static JsonElement Conversations { get; } = ReadJson("conversations.json");

    public static JsonElement ReadJson(string file) => JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, file))).RootElement;

    public static IEnumerable<string> Styles() => Directory.GetFiles(Path.Combine(Folder, "styles"), "*.jinja").Order().Select(Path.GetFileNameWithoutExtension)!;

    public static ChatTemplate Style(string name) => Parse(File.ReadAllText(Path.Combine(Folder, "styles", name + ".jinja")), name);

    public static ChatTemplate Parse(string source, string name = "test") => ChatTemplate.Parse(source, name).WithClock(new FixedClock());

    public static string Render(string source, params (string Name, object? Value)[] variables) =>
        Parse(source).Render([], addGenerationPrompt: false, variables.ToDictionary(variable => variable.Name, variable => variable.Value));

    /// <summary>Renders a conversation of the file, in the form of the golden files: a text, {"refusal": ...} or {"error": true}.</summary>
    public static string Outcome(Func<string> render)
    {
        try
        {
            return JsonSerializer.Serialize(render());
        }
        catch (TemplateRefusalException refusal)
        {
            return JsonSerializer.Serialize(new { refusal = refusal.Reason });
        }
        catch (ModelFileException)
        {
            return JsonSerializer.Serialize(new { error = true });
        }
    }

    public static RenderedChat Render(ChatTemplate template, JsonElement conversation, bool prompt)
    {
        var variables = new Dictionary<string, object?>(SpecialTokens);
        if (conversation.TryGetProperty("variables", out var more))
        {
            foreach (var entry in more.EnumerateObject())
                variables[entry.Name] = entry.Value;
        }

        return template.RenderWithSpans(Messages(conversation), prompt, variables);
    }

    public static List<ChatMessage> Messages(JsonElement conversation) => [.. conversation.GetProperty("messages").EnumerateArray().Select(message =>
    {
        var content = message.GetProperty("content");
        return new ChatMessage(message.GetProperty("role").GetString()!, content.ValueKind == JsonValueKind.String ? content.GetString() : null)
        {
            Fields = message.EnumerateObject()
                .Where(entry => entry.Name != "role" && (entry.Name != "content" || content.ValueKind == JsonValueKind.Array))
                .ToDictionary(entry => entry.Name, entry => (object?)entry.Value),
        };
    })];

    public static string Canonical(JsonElement golden) => JsonSerializer.Serialize(golden);

    public static string Digest(string text) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string SourceFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    // 6 July 2024, 13:05:09, as in hf_jinja.py.
    private sealed class FixedClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2024, 7, 6, 13, 5, 9, TimeSpan.Zero);
    }
}
