using System.Text.Encodings.Web;
using System.Text.Json;

namespace RlhfHub.Worker.Serving.Http;

/// <summary>How answers are written: snake_case, as the field's APIs have it.</summary>
internal static class WireJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,   // for programs, not for HTML pages
    };
}
