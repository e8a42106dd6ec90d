using RlhfHub.Domain.Data;
using RlhfHub.Web.Account;

namespace RlhfHub.Web.Live;

/// <summary>Registers what programs listen to.</summary>
internal static class LiveSetup
{
    // A request is a method's name and two ids.
    private const int MaxMessageBytes = 4096;

    public static void AddLive(this IServiceCollection services)
    {
        services.AddSingleton<RunStream>().AddSingleton<ProjectStream>();
        services.AddSingleton<IHttpContextFactory, TokensOutOfAddresses>();
        services.AddSignalR().AddHubOptions<LiveHub>(options => options.MaximumReceiveMessageSize = MaxMessageBytes).AddJsonProtocol(options =>
        {
            options.PayloadSerializerOptions.DefaultIgnoreCondition = JsonText.Options.DefaultIgnoreCondition;
            foreach (var converter in JsonText.Options.Converters) options.PayloadSerializerOptions.Converters.Add(converter);
        });
    }

    /// <summary>
    /// Keeps scripts of other sites out that come with a cookie. Browsers send cookies along with any WebSocket, and no policy of origins applies to those; a token is never sent by itself.
    /// </summary>
    public static void UseLiveOrigins(this WebApplication app) => app.UseWhen(
        context => context.Request.Path.StartsWithSegments(LiveHub.Root) && !TokenHandler.IsUsedBy(context.Request),
        hubs => hubs.Use((context, next) =>
        {
            if (IsOwn(context.Request)) return next(context);
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }));

    public static void MapLive(this WebApplication app) => app.MapHub<LiveHub>(LiveHub.Address);

    // By host and port: whatever ends TLS in front of the site may change the scheme. Programs send no origin.
    private static bool IsOwn(HttpRequest request) =>
        request.Headers.Origin.ToString() is not { Length: > 0 } origin || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
}
