using System.Text.Json;

namespace RlhfHub.Domain.Datasets.Formats;

/// <summary>What formats ask of a record to tell whether it is theirs.</summary>
internal static class JsonShapes
{
    public static bool HasAny(this JsonElement json, params ReadOnlySpan<string> names)
    {
        if (json.ValueKind != JsonValueKind.Object) return false;
        foreach (var name in names)
            if (json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null) return true;
        return false;
    }

    public static bool HasAll(this JsonElement json, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (!json.HasAny(name)) return false;
        return true;
    }

    public static bool HasText(this JsonElement json, string name) => json.HasAny(name) && json.GetProperty(name).ValueKind == JsonValueKind.String;

    public static bool HasList(this JsonElement json, string name) => json.HasAny(name) && json.GetProperty(name).ValueKind == JsonValueKind.Array;

    /// <summary>Whether a field holds a list whose first item is an object with these fields, or nothing.</summary>
    public static bool HasMessages(this JsonElement json, string name, params ReadOnlySpan<string> fields) =>
        json.HasList(name) && json.GetProperty(name).IsMessages(fields);

    public static bool IsMessages(this JsonElement list, params ReadOnlySpan<string> fields) =>
        list.ValueKind == JsonValueKind.Array && (list.GetArrayLength() == 0 || list[0].HasAll(fields));
}
