using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain;
using RlhfHub.Domain.Models;
using RlhfHub.Domain.People;

namespace RlhfHub.Web.Api;

/// <summary>Answers every failure below <c>/api</c> as problem details (RFC 9457): what is wrong, where, and what would be right.</summary>
internal static partial class ApiErrors
{
    public static void UseApiErrors(this WebApplication app) => app.UseWhen(context => context.Request.Path.StartsWithSegments("/api"), api => api.Use(HandleAsync));

    private const string KindMissing = "The answer does not say its 'kind': demonstration, comparison, ranking, rating, classification or chat.";

    private static async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null }) await WriteAsync(context, Bare(context));
        }
        catch (Exception error) when (!context.Response.HasStarted && Of(error) is not null)
        {
            context.Response.Clear();
            await WriteAsync(context, Of(error)!);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody listens any more.
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("RlhfHub.Api").LogError(error, "{Method} {Path} failed", context.Request.Method, context.Request.Path);
            context.Response.Clear();
            await WriteAsync(context, Results.Problem("Something went wrong here; the server's log has the details. Nothing was changed.", statusCode: 500));
        }
    }

    private static IResult? Of(Exception error) => error switch
    {
        AccessException { Problem: AccessProblem.SignInNeeded } access => Results.Problem(access.Message, statusCode: 401),
        AccessException { Problem: AccessProblem.Forbidden } access => Results.Problem(access.Message, statusCode: 403),
        AccessException access => Results.Problem(access.Message, statusCode: 404),
        InvalidRequestException invalid => Results.ValidationProblem(invalid.Errors.ToDictionary(fault => fault.Key, fault => new[] { fault.Value }), invalid.Message),
        StaleVersionException stale => Results.Problem(stale.Message, statusCode: 409),
        DbUpdateConcurrencyException => Results.Problem(new StaleVersionException("record").Message, statusCode: 409),
        // The request was right; what it stands on was not there.
        ModelException model => Results.Problem(model.Message, statusCode: 424, title: "The model gave no reply."),
        BadHttpRequestException { StatusCode: 413 } => Results.Problem("The body is longer than this endpoint takes.", statusCode: 413),
        BadHttpRequestException { InnerException: JsonException json } => Results.ValidationProblem(
            new Dictionary<string, string[]> { [FieldOf(json)] = [Sentence(json)] }, Sentence(json)),
        // An answer whose kind is not said has no type to be read as.
        NotSupportedException { Source: "System.Text.Json" } => Results.ValidationProblem(new Dictionary<string, string[]> { ["answer.kind"] = [KindMissing] }, KindMissing),
        BadHttpRequestException bad when Parameter().Match(bad.Message) is { Success: true } parameter => Results.ValidationProblem(
            new Dictionary<string, string[]> { [Camel(parameter.Groups[1].Value)] = [$"'{parameter.Groups[2].Value}' is no value for this."] }, $"'{parameter.Groups[2].Value}' is no value for '{Camel(parameter.Groups[1].Value)}'."),
        BadHttpRequestException bad => Results.Problem(bad.Message, statusCode: bad.StatusCode),
        _ => null,
    };

    private static IResult Bare(HttpContext context) => context.Response.StatusCode switch
    {
        401 => Results.Problem("Sign in, or send a token: Authorization: Bearer rlhf_...", statusCode: 401),
        403 => Results.Problem("You may not do this.", statusCode: 403),
        404 => Results.Problem($"There is nothing at {context.Request.Path}; {HubApi.Root}/openapi.json lists what there is.", statusCode: 404),
        405 => Results.Problem($"{context.Request.Path} does not take {context.Request.Method}; {HubApi.Root}/openapi.json lists what it takes.", statusCode: 405),
        415 => Results.Problem("The body must be JSON: Content-Type: application/json.", statusCode: 415),
        var code => Results.Problem(statusCode: code),
    };

    // As in: Failed to bind parameter "Nullable<int> Limit" from "many".
    [GeneratedRegex("^Failed to bind parameter \"\\S+ (\\w+)\" from \"(.*)\"\\.$", RegexOptions.Singleline)]
    private static partial Regex Parameter();

    private static string Camel(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    private static string FieldOf(JsonException error) => error.Path is { Length: > 2 } path ? path[2..] : "";

    // The serializer's own words name our types.
    private static string Sentence(JsonException error)
    {
        var where = FieldOf(error) is { Length: > 0 } field ? $"at '{field}' " : "";
        if (error.Message.Contains("could not be mapped", StringComparison.Ordinal)) return $"The body has a field {where}that this request does not know.";
        if (error.Message.Contains("Duplicate property", StringComparison.Ordinal)) return $"The body gives a field {where}twice.";
        if (error.Message.Contains("missing required properties", StringComparison.Ordinal)) return $"The body {where}lacks a required field: {error.Message[(error.Message.LastIndexOf(':') + 1)..].Trim().TrimEnd('.')}.";
        return $"The body cannot be read {where}(line {(error.LineNumber ?? 0) + 1}): it is no JSON, or a value has another type than expected.";
    }

    private static Task WriteAsync(HttpContext context, IResult problem) => problem.ExecuteAsync(context);
}
