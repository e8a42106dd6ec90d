using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;

namespace RlhfHub.Web.Api;

/// <summary>
/// REST under <c>/api/v1</c>, for programs with a token and for scripts of our own pages with their cookie. Each endpoint calls one use case, which asks for permission itself, and declares the same policy for the
/// documents and the authorization test.
/// </summary>
internal static class HubApi
{
    public const string Root = "/api/v1";

    // Enough for the longest conversation; imports have a limit of their own.
    private const long MaxBodyBytes = 16 << 20;

    public static void AddHubApi(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options =>
        {
            foreach (var converter in JsonText.Options.Converters) options.SerializerOptions.Converters.Add(converter);
            options.SerializerOptions.AllowOutOfOrderMetadataProperties = true;
            options.SerializerOptions.RespectNullableAnnotations = options.SerializerOptions.RespectRequiredConstructorParameters = true;
            // A field that is misspelt, or given twice, would else be dropped without a word.
            options.SerializerOptions.UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow;
            options.SerializerOptions.AllowDuplicateProperties = false;
            options.SerializerOptions.Converters.Add(new StrictObjects());
        });
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddOpenApi("v1");
    }

    public static void MapHubApi(this WebApplication app)
    {
        var root = app.MapGroup(Root).RequireAuthorization().AddEndpointFilter<AntiforgeryForCookies>().WithMetadata(new BodyLimit(MaxBodyBytes));
        ProjectEndpoints.Map(root);
        PromptEndpoints.Map(root);
        TaskEndpoints.Map(root);
        DeskEndpoints.Map(root);
        JudgmentEndpoints.Map(root);
        SnapshotEndpoints.Map(root);
        ImportEndpoints.Map(root);
        PeopleEndpoints.Map(root);
        AccountEndpoints.Map(root);
        ModelEndpoints.Map(root);
        HeadToHeadEndpoints.Map(root);
        VersionFileEndpoints.Map(root);
        RoundEndpoints.Map(root);
        VersionEndpoints.Map(root);
        app.MapOpenApi($"{Root}/openapi.json").RequireAuthorization().WithMetadata(new RequiresAttribute(Policy.SignedIn) { ReadsOnly = true });
    }

    /// <summary>Declares what an endpoint asks of its caller: the policy of the use case that it calls.</summary>
    public static RouteHandlerBuilder Requires(this RouteHandlerBuilder endpoint, Policy policy, string summary, bool readsOnly = false) =>
        endpoint.WithMetadata(new RequiresAttribute(policy) { ReadsOnly = readsOnly }).WithSummary(summary);

    /// <summary>An endpoint that only reads.</summary>
    public static RouteHandlerBuilder Reads(this RouteHandlerBuilder endpoint, Policy policy, string summary) => endpoint.Requires(policy, summary, readsOnly: true);
}

/// <summary>The longest body that an endpoint takes.</summary>
internal sealed record BodyLimit(long? MaxRequestBodySize) : Microsoft.AspNetCore.Http.Metadata.IRequestSizeLimitMetadata;
