using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using RlhfHub.Domain.Data;
using RlhfHub.Domain.People;

namespace RlhfHub.Web.Account;

/// <summary>How the site knows who somebody is: by a cookie, or by a token where the request carries one.</summary>
internal static class AccountServices
{
    /// <summary>How often a session is compared with the database, so that one that was revoked ends within a minute.</summary>
    public static readonly TimeSpan SessionCheckInterval = TimeSpan.FromSeconds(30);

    private const string CookieOrToken = "CookieOrToken";

    public static void AddAccounts(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(configuration.GetSection("Accounts").Get<AccountSettings>() ?? new AccountSettings());
        services.AddSingleton<ActorFactory>();
        services.AddScoped<CurrentActor>();
        services.AddScoped<BrowserSession>();
        services.AddHttpContextAccessor();

        // Identity makes cookies and passkeys here; passwords, codes and tries are the domain's.
        services.AddScoped(provider => provider.GetRequiredService<IDbContextFactory<RlhfHubDbContext>>().CreateDbContext());
        services.AddIdentityCore<Person>().AddSignInManager().AddUserStore<UserOnlyStore<Person, RlhfHubDbContext, Guid>>();
        services.Configure<SecurityStampValidatorOptions>(options => options.ValidationInterval = SessionCheckInterval);
        // A passkey signs in alone, so it must be two factors by itself: the device, and who holds it.
        services.Configure<IdentityPasskeyOptions>(options => (options.UserVerificationRequirement, options.ResidentKeyRequirement) = ("required", "required"));

        services.AddAuthentication(CookieOrToken)
            .AddPolicyScheme(CookieOrToken, null, options => options.ForwardDefaultSelector = context => TokenHandler.IsUsedBy(context.Request) ? TokenHandler.SchemeName : IdentityConstants.ApplicationScheme)
            .AddScheme<AuthenticationSchemeOptions, TokenHandler>(TokenHandler.SchemeName, null)
            .AddCookie(IdentityConstants.ApplicationScheme, SetUpSession)
            .AddCookie(IdentityConstants.ExternalScheme)   // Identity clears it at every sign-out
            .AddCookie(IdentityConstants.TwoFactorUserIdScheme, options =>
            {
                SetUpCookie(options, "rlhfhub.second-factor");
                options.ExpireTimeSpan = TimeSpan.FromMinutes(5);
            });

        services.AddAuthorization(Policies.Add);
        services.AddSingleton<IAuthorizationHandler, SiteAdminHandler>();
        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, CircuitSessions>();
    }

    private static void SetUpSession(CookieAuthenticationOptions options)
    {
        SetUpCookie(options, "rlhfhub.session");
        options.ExpireTimeSpan = TimeSpan.FromDays(14);
        options.LoginPath = "/account/sign-in";
        options.AccessDeniedPath = "/account/forbidden";
        options.ReturnUrlParameter = "returnUrl";
        options.Events.OnValidatePrincipal = SecurityStampValidator.ValidatePrincipalAsync;
        options.Events.OnRedirectToLogin = context => RedirectPeople(context, StatusCodes.Status401Unauthorized);
        options.Events.OnRedirectToAccessDenied = context => RedirectPeople(context, StatusCodes.Status403Forbidden);
    }

    private static void SetUpCookie(CookieAuthenticationOptions options, string name)
    {
        options.Cookie.Name = name;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
    }

    // A program cannot sign in on a page.
    private static Task RedirectPeople(RedirectContext<CookieAuthenticationOptions> context, int statusCode)
    {
        if (SitePipeline.IsForPrograms(context.Request.Path)) context.Response.StatusCode = statusCode;
        else context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }
}
