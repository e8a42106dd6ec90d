using Microsoft.AspNetCore.Authorization;

namespace RlhfHub.Web.Account;

/// <summary>What a page asks of who opens it. Use cases ask again: a page is no boundary.</summary>
internal static class Policies
{
    /// <summary>Anybody who is signed in; also asked of everything that says nothing else.</summary>
    public const string SignedIn = "signed-in";

    /// <summary>Admins of the site.</summary>
    public const string SiteAdmin = "site-admin";

    public static void Add(AuthorizationOptions options)
    {
        var signedIn = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build();
        options.DefaultPolicy = options.FallbackPolicy = signedIn;
        options.AddPolicy(SignedIn, signedIn);
        options.AddPolicy(SiteAdmin, policy => policy.RequireAuthenticatedUser().AddRequirements(new SiteAdminRequirement()));
    }
}

internal sealed class SiteAdminRequirement : IAuthorizationRequirement;

/// <summary>Asks the database, because a cookie may be older than the person's rights.</summary>
internal sealed class SiteAdminHandler(ActorFactory actors) : AuthorizationHandler<SiteAdminRequirement>
{
    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, SiteAdminRequirement requirement)
    {
        if ((await actors.FromAsync(context.User, CancellationToken.None)).IsSiteAdmin) context.Succeed(requirement);
    }
}
