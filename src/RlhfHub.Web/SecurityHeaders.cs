namespace RlhfHub.Web;

/// <summary>Headers that keep a browser from running, framing or leaking what the site did not mean.</summary>
internal static class SecurityHeaders
{
    internal static void UseSecurityHeaders(this WebApplication app)
    {
        var policy = ContentSecurityPolicy(app.Environment.IsDevelopment());
        app.Use((context, next) =>
        {
            // At the last moment, because the exception handler clears what was set before it.
            context.Response.OnStarting(() =>
            {
                var headers = context.Response.Headers;
                headers.ContentSecurityPolicy = policy;
                headers.XContentTypeOptions = "nosniff";
                headers["Referrer-Policy"] = "same-origin";
                return Task.CompletedTask;
            });
            return next(context);
        });
    }

    /// <summary>Scripts come from files of this site only. Styles may be inline: MudBlazor writes its theme and positions that way.</summary>
    private static string ContentSecurityPolicy(bool isDevelopment) => string.Join("; ",
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        // dotnet watch reloads the page through a socket on a port of its own.
        isDevelopment ? "connect-src 'self' ws://localhost:* wss://localhost:*" : "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'");
}
