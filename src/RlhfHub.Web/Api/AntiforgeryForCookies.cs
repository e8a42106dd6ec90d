using Microsoft.AspNetCore.Antiforgery;
using RlhfHub.Web.Account;

namespace RlhfHub.Web.Api;

/// <summary>A write that is allowed by a cookie must show the antiforgery header, because a browser sends cookies for any page that asks. Tokens are never sent by themselves.</summary>
internal sealed class AntiforgeryForCookies(IAntiforgery antiforgery) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var isWrite = !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method);
        if (!isWrite || TokenHandler.IsUsedBy(http.Request)) return await next(context);
        if (await antiforgery.IsRequestValidAsync(http)) return await next(context);
        return Results.Problem("A write with a cookie needs the antiforgery token of GET /api/v1/me/antiforgery in the header it names. Or use a token: Authorization: Bearer rlhf_...", statusCode: 400, title: "The antiforgery token is missing.");
    }
}
