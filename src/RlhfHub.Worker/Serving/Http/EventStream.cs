using System.Buffers;
using System.Text.Json;

namespace RlhfHub.Worker.Serving.Http;

/// <summary>Server-sent events, https://html.spec.whatwg.org/multipage/server-sent-events.html: <c>data: {…}</c> and an empty line each.</summary>
internal sealed class EventStream(HttpResponse response)
{
    /// <summary>Begins the answer; from here on an error can only be told within it.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        response.StatusCode = 200;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";   // nginx would hold tokens back
        await response.StartAsync(cancellationToken);
    }

    /// <summary>Writes an event; it leaves with the next flush.</summary>
    public void Write<T>(T data)
    {
        response.BodyWriter.Write("data: "u8);
        using (var writer = new Utf8JsonWriter(response.BodyWriter)) JsonSerializer.Serialize(writer, data, WireJson.Options);
        response.BodyWriter.Write("\n\n"u8);
    }

    public async Task FlushAsync(CancellationToken cancellationToken) => await response.BodyWriter.FlushAsync(cancellationToken);

    public async Task EndAsync(CancellationToken cancellationToken)
    {
        response.BodyWriter.Write("data: [DONE]\n\n"u8);
        await FlushAsync(cancellationToken);
    }
}
