using System.Text.Json;
using RlhfHub.Worker.Serving.Http;

namespace RlhfHub.Worker.Serving.OpenAi;

/// <summary>Reads what OpenAI's older endpoints take: <c>"…"</c>, <c>["…", "…"]</c>, <c>[1, 2, 3]</c> or <c>[[1, 2], [3]]</c>.</summary>
internal static class PromptList
{
    /// <summary>The most texts of one request, as in OpenAI's API: all are in memory at once.</summary>
    public const int MostTexts = 2048;

    /// <summary>The tokens of each text.</summary>
    /// <exception cref="ApiException">It is absent, or none of these.</exception>
    public static IReadOnlyList<int[]> Read(RequestBody body, string name, Func<string, int[]> encode)
    {
        const string expected = "a text, a list of texts, a list of token ids or a list of such lists";
        if (body.Field(name) is not { } value) throw ApiException.Wrong(name, $"'{name}' is missing; expected {expected}.");
        if (value.ValueKind == JsonValueKind.String) return [encode(RequestBody.ReadText(value, name))];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0) throw RequestBody.Unfit(name, value, expected);
        if (value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number) && TryIds(value) is { } ids) return [ids];
        CheckCount(value.GetArrayLength(), name);
        if (value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)) return [.. value.EnumerateArray().Select(item => encode(RequestBody.ReadText(item, name)))];
        return [.. value.EnumerateArray().Select(item => TryIds(item) ?? throw RequestBody.Unfit(name, value, expected))];
    }

    /// <exception cref="ApiException">There are more texts than one request may have.</exception>
    public static void CheckCount(int count, string name)
    {
        if (count > MostTexts) throw ApiException.Wrong(name, $"'{name}' has {count} texts; expected at most {MostTexts} in one request.");
    }

    private static int[]? TryIds(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out _))
            ? [.. value.EnumerateArray().Select(item => item.GetInt32())]
            : null;
}
