using System.Text.Json;
using System.Text.Json.Nodes;

namespace RlhfHub.Training.Data;

/// <summary>Texts inside parsed JSON.</summary>
internal static class JsonTexts
{
    /// <summary>Decodes every name and text once: the parser leaves that for later, and broken UTF-8 or half a surrogate pair would then fail anywhere.</summary>
    /// <exception cref="InvalidOperationException">One cannot be decoded.</exception>
    public static void Decode(JsonNode? node)
    {
        if (node is JsonObject fields)
            foreach (var (_, value) in fields) Decode(value);
        else if (node is JsonArray items)
            foreach (var item in items) Decode(item);
        else if (node is JsonValue value && value.GetValueKind() == JsonValueKind.String) value.GetValue<string>();
    }
}
