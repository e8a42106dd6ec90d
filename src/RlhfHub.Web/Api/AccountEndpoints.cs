using Microsoft.AspNetCore.Antiforgery;
using RlhfHub.Domain.People;

namespace RlhfHub.Web.Api;

/// <summary>One's own account. What signs somebody in (passwords, codes, passkeys) is done on the site's pages only.</summary>
internal static class AccountEndpoints
{
    public static void Map(RouteGroupBuilder root)
    {
        var me = root.MapGroup("/me").WithTags("Account");
        me.MapGet("", (Caller caller, ProfileService service, CancellationToken stop) => service.GetAsync(caller.Actor, stop))
            .Reads(Policy.SignedIn, "You");
        me.MapPut("/name", (Caller caller, ProfileService service, NewName body, CancellationToken stop) => service.RenameAsync(caller.Actor, body.Name, stop))
            .Requires(Policy.SignedIn, "Change your name");
        me.MapGet("/tokens", (Caller caller, PersonalTokenService service, CancellationToken stop) => service.ListAsync(caller.Actor, stop))
            .Reads(Policy.SignedIn, "Your tokens");
        me.MapPost("/tokens", async (Caller caller, PersonalTokenService service, NewToken body, CancellationToken stop) =>
                new TokenMade(await service.CreateAsync(caller.Actor, body.Name, body.Scope, body.Days, stop)))
            .Requires(Policy.SignedIn, "Make a token; shown once");
        me.MapDelete("/tokens/{tokenId:guid}", (Caller caller, PersonalTokenService service, Guid tokenId, CancellationToken stop) => service.RevokeAsync(caller.Actor, tokenId, stop))
            .Requires(Policy.SignedIn, "Revoke a token");
        me.MapGet("/antiforgery", (Caller caller, IAntiforgery antiforgery, HttpContext context) =>
            {
                Access.Require(caller.Actor, Policy.SignedIn, readsOnly: true);
                var tokens = antiforgery.GetAndStoreTokens(context);
                return new AntiforgeryHeader(tokens.HeaderName!, tokens.RequestToken!);
            })
            .Reads(Policy.SignedIn, "The header that writes with a cookie must carry");
    }
}

/// <summary>A token to be made.</summary>
internal sealed record NewToken
{
    public required string Name { get; init; }

    public required ActorScope Scope { get; init; }

    public int Days { get; init; } = 90;
}

/// <summary>A token that was made.</summary>
internal sealed record TokenMade(string Token);

/// <summary>The antiforgery header.</summary>
internal sealed record AntiforgeryHeader(string Header, string Value);
