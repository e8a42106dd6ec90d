using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace RlhfHub.Web.Tests.Api;

/// <summary>The endpoints that a site has mapped, and well-formed requests to them.</summary>
internal static class ApiEndpoints
{
    public static IEnumerable<RouteEndpoint> All(TestSite site) => site.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    public static IEnumerable<RouteEndpoint> Api(TestSite site) => All(site).Where(endpoint => endpoint.RoutePattern.RawText?.StartsWith("/api", StringComparison.Ordinal) == true);

    public static string Name(RouteEndpoint endpoint) => $"{Method(endpoint)} {endpoint.RoutePattern.RawText}";

    public static HttpMethod Method(RouteEndpoint endpoint) => new(endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods[0] ?? "GET");

    public static bool IsOfProject(RouteEndpoint endpoint) => endpoint.RoutePattern.Parameters.Any(parameter => parameter.Name == "projectId");

    /// <summary>The type of the JSON body; null where there is none.</summary>
    public static Type? BodyType(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is { } type && type != typeof(Stream) ? type : null;

    /// <summary>The address with this project; other ids are made up.</summary>
    public static string Address(RouteEndpoint endpoint, Guid project)
    {
        var path = string.Concat(endpoint.RoutePattern.PathSegments.Select(segment => "/" + string.Concat(segment.Parts.Select(part => part switch
        {
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternParameterPart { Name: "projectId" } => project.ToString(),
            _ => Guid.NewGuid().ToString(),
        }))));
        return path.EndsWith("/imports", StringComparison.Ordinal) ? path + "?fileName=a.jsonl" : path;
    }

    /// <summary>A body that can be read, if without sense.</summary>
    public static HttpContent SampleBody(TestSite site, RouteEndpoint endpoint) => BodyType(endpoint) is not { } type
        ? new ByteArrayContent([1])
        : Json(JsonSerializer.Serialize(SampleValue.Of(type), type, site.Services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions));

    public static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
