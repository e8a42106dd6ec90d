using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace RlhfHub.Web.Live;

/// <summary>
/// Moves the token of a live connection out of the address into the header. A script in a browser can give a WebSocket no header, so the address carries it; but addresses are logged and traced, and the first line of a
/// log is written before any middleware runs. This is where a request begins, before anything has seen its address.
/// </summary>
internal sealed class TokensOutOfAddresses(IServiceProvider services) : IHttpContextFactory
{
    private const string Name = "access_token";

    private readonly DefaultHttpContextFactory inner = new(services);

    public HttpContext Create(IFeatureCollection featureCollection)
    {
        if (featureCollection.Get<IHttpRequestFeature>() is { } request && request.QueryString.Contains(Name, StringComparison.Ordinal) && new PathString(request.Path).StartsWithSegments(LiveHub.Root)) Move(request);
        return inner.Create(featureCollection);
    }

    public void Dispose(HttpContext httpContext) => inner.Dispose(httpContext);

    private static void Move(IHttpRequestFeature request)
    {
        var query = QueryHelpers.ParseQuery(request.QueryString);
        if (!query.Remove(Name, out var token)) return;
        request.QueryString = QueryString.Create(query).ToUriComponent();
        request.RawTarget = new PathString(request.Path).ToUriComponent() + request.QueryString;
        if (string.IsNullOrEmpty(request.Headers[HeaderNames.Authorization])) request.Headers[HeaderNames.Authorization] = $"Bearer {token}";
    }
}
