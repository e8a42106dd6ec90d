using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using RlhfHub.Domain.People;

namespace RlhfHub.Web.Account;

/// <summary>Takes <c>Authorization: Bearer rlhf_…</c> for the person who made the token.</summary>
internal sealed class TokenHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, TokenAuthentication tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Token";

    private const string Start = "Bearer ";

    /// <summary>Whether a request says who it is by a token; then its cookie does not matter.</summary>
    public static bool IsUsedBy(HttpRequest request) => request.Headers.Authorization.ToString().StartsWith(Start, StringComparison.OrdinalIgnoreCase);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!IsUsedBy(Request)) return AuthenticateResult.NoResult();
        var secret = Request.Headers.Authorization.ToString()[Start.Length..].Trim();
        if (await tokens.FindAsync(secret, Context.RequestAborted) is not { } owner) return AuthenticateResult.Fail("The token is unknown or has expired, or its person is kept out.");
        var identity = new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, owner.PersonId.ToString()), new(ActorFactory.ScopeClaim, owner.Scope.ToString()), new(ActorFactory.TokenClaim, owner.TokenId.ToString())], Scheme.Name);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
        return Task.CompletedTask;
    }
}
