using System.Text.Json;

namespace RlhfHub.Worker.Serving.Http;

/// <summary>The JSON object of a request. A field that is absent and one that is null are the same, as clients send both.</summary>
internal sealed class RequestBody : IDisposable
{
    private readonly JsonDocument document;

    private RequestBody(JsonDocument document) => this.document = document;

    /// <summary>Reads a request's body.</summary>
    /// <exception cref="ApiException">It is no JSON object.</exception>
    public static async Task<RequestBody> ReadAsync(HttpRequest request)
    {
        try
        {
            var document = await JsonDocument.ParseAsync(request.Body, new JsonDocumentOptions { MaxDepth = 64, AllowDuplicateProperties = false }, request.HttpContext.RequestAborted);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return new RequestBody(document);
            document.Dispose();
            throw new ApiException(400, "The body must be a JSON object.");
        }
        catch (JsonException problem)
        {
            throw new ApiException(400, $"The body is not valid JSON: {problem.Message}");
        }
    }

    public JsonElement? Field(string name) => document.RootElement.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>Whether a field holds anything: null, false, "" , [] and {} are nothing.</summary>
    public bool Has(string name) => Field(name) is { } value && value.ValueKind switch
    {
        JsonValueKind.False => false,
        JsonValueKind.String => !value.ValueEquals(""),
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        _ => true,
    };

    public string Text(string name) => OptionalText(name) ?? throw ApiException.Wrong(name, $"'{name}' is missing; expected a text.");

    public string? OptionalText(string name) => Field(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? ReadText(value, name) : throw Unfit(name, value, "a text");

    public bool Flag(string name) => Field(name) is { } value && value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Unfit(name, value, "true or false"),
    };

    public int Whole(string name, int least, int most, int otherwise) => OptionalWhole(name, least, most) is { } number ? (int)number : otherwise;

    public long? OptionalWhole(string name, long least, long most)
    {
        if (Field(name) is not { } value) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least && number <= most
            ? number
            : throw Unfit(name, value, $"a whole number from {least} to {most}");
    }

    public double Number(string name, double least, double most, double otherwise)
    {
        if (Field(name) is not { } value) return otherwise;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most
            ? number
            : throw Unfit(name, value, FormattableString.Invariant($"a number from {least} to {most}"));
    }

    /// <summary>A text or a list of texts; empty when absent.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        if (Field(name) is not { } value) return [];
        if (value.ValueKind == JsonValueKind.String) return [ReadText(value, name)];
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(item => ReadText(item, name))]
            : throw Unfit(name, value, "a text or a list of texts");
    }

    /// <summary>A text of a JSON value.</summary>
    /// <exception cref="ApiException">It has half a surrogate pair, which is no character.</exception>
    public static string ReadText(JsonElement value, string name)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw ApiException.Wrong(name, $"'{name}' has half a surrogate pair (\\uD800 to \\uDFFF), which is no character.");
        }
    }

    public static ApiException Unfit(string name, JsonElement found, string expected)
    {
        var shown = found.GetRawText();
        return ApiException.Wrong(name, $"'{name}' is {(shown.Length > 60 ? shown[..60] + "…" : shown)}; expected {expected}.");
    }

    public void Dispose() => document.Dispose();
}
