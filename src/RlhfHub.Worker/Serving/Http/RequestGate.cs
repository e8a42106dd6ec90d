using System.Security.Cryptography;
using System.Text;
using RlhfHub.Worker.Serving.Engine;

namespace RlhfHub.Worker.Serving.Http;

/// <summary>What every request passes: is the caller allowed, is the server still there, and every error told in OpenAI's shape.</summary>
/// <param name="token">What must come as a bearer token; null asks for none.</param>
/// <param name="isLocal">Whether the server listens on this machine alone.</param>
/// <param name="stopping">When the server was told to stop.</param>
/// <param name="requests">How many requests are taken in.</param>
/// <param name="metrics">Counts answers.</param>
/// <param name="error">Where it is said what went wrong inside.</param>
internal sealed class RequestGate(string? token, bool isLocal, CancellationToken stopping, PlaceCounter requests, ServerMetrics metrics, TextWriter error)
{
    public const string HealthPath = "/health";

    public async Task PassAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            Check(http);
            // Before a text has its place, its request takes memory too: while a model loads, for one.
            using var place = requests.TryTake(1) ?? throw ApiException.Busy($"The server has {requests.Taken} requests already.", 1);
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; there is nobody to tell.
        }
        catch (Exception problem)
        {
            await AnswerAsync(http, Explain(http, problem));
        }
        metrics.Count(http.Response.StatusCode);
    }

    private void Check(HttpContext http)
    {
        // A web page elsewhere may point its own name at this machine and have a browser call here: by that name, nobody is served.
        if (isLocal && !ListenAddress.IsLoopback(http.Request.Host.Host)) throw new ApiException(403, $"This server answers to the names of its own machine, not to '{http.Request.Host.Host}'.");
        // Nor may a page that a browser shows call here: what it cannot read, it could still set off.
        if (isLocal && http.Request.Headers.Origin.ToString() is { Length: > 0 } origin && !(Uri.TryCreate(origin, UriKind.Absolute, out var page) && ListenAddress.IsLoopback(page.Host)))
            throw new ApiException(403, $"This server answers to programs of its own machine, not to a page of {origin}.");
        if (http.Request.Path == HealthPath) return;
        if (token is not null && !IsRight(http.Request.Headers.Authorization.ToString()))
            throw new ApiException(401, "The bearer token is missing or wrong.") { Code = "invalid_api_key" };
        if (stopping.IsCancellationRequested) throw ApiException.Busy("The server is stopping.", 5, status: 503);
    }

    private bool IsRight(string header)
    {
        const string scheme = "Bearer ";
        return header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(header[scheme.Length..].Trim()), Encoding.UTF8.GetBytes(token!));
    }

    private ApiException Explain(HttpContext http, Exception problem)
    {
        if (problem is BadHttpRequestException bad)
            return new ApiException(bad.StatusCode, bad.StatusCode == 413 ? "The body is larger than 16 MB." : bad.Message);
        var told = OpenAi.Generation.Explain(problem);
        if (told.Status >= 500 && problem is not ApiException) error.WriteLine($"{http.Request.Method} {http.Request.Path}: {problem}");
        return told;
    }

    private static async Task AnswerAsync(HttpContext http, ApiException problem)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }
        http.Response.Clear();
        if (problem.Status == 401) http.Response.Headers.WWWAuthenticate = "Bearer";
        http.Response.StatusCode = problem.Status;
        if (problem.RetryAfterSeconds is { } seconds) http.Response.Headers.RetryAfter = $"{seconds}";
        await http.Response.WriteAsJsonAsync(problem.ToJson(), WireJson.Options, CancellationToken.None);
    }
}
